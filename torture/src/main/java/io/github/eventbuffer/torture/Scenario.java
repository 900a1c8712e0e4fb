package io.github.eventbuffer.torture;

import org.jspecify.annotations.Nullable;

/**
 * One kind of fault, brought about again and again. Stateless: a {@link Run} holds what it needs.
 */
interface Scenario {

  /** One lower-case word, as given to {@code --scenario}. */
  String name();

  /** What is done in a cycle, in one line, for people. */
  String description();

  /** Cycles in {@code mvn verify}: a few seconds. */
  int shortDose();

  /** Cycles of {@code bin/torture} unless told otherwise: what a figure is published for. */
  int longDose();

  /** Why this machine cannot run it, and the Debian package that would help; null when it can. */
  default @Nullable String obstacle() {
    return null;
  }

  /**
   * Brings about the faults, {@link Run#cycles()} times, and lets the oracle judge. Whatever it
   * starts it gives to {@link Run#own}, so that it ends with the run, Ctrl-C included.
   *
   * @throws Exception if the run could not be brought to its end; counts as a violation
   */
  void run(Run run) throws Exception;
}
