package io.github.eventbuffer.benchmarks;

import java.util.List;

/**
 * Trials that are measured against each other, and so run in turn: a round is one of each.
 *
 * @param quickRounds rounds of a quick run
 * @param fullRounds rounds of a full one
 */
record Section(List<String> trials, int quickRounds, int fullRounds) {
  int rounds(boolean quick) {
    return quick ? quickRounds : fullRounds;
  }
}
