package io.github.eventbuffer.testkit;

import java.time.Instant;
import java.util.Objects;

/**
 * One request as the endpoint saw it.
 *
 * @param number order of arrival, from 1
 * @param time when it was decided, on the endpoint's clock
 * @param status what was answered; {@link #NO_STATUS} when the connection was cut or left silent
 * @param count events in the body; -1 when it was not read or is no batch
 * @param stored whether its valid events were stored, duplicates included
 * @param newEvents how many of them were new
 * @param bodySha256 SHA-256 of the body after decompression, lower-case hex; empty when it was not
 *     read
 * @param bodyBytes length of the body after decompression; -1 when it was not read
 * @param attempt 1 for the first request with this body, 2 for the second, and so on
 * @param testEventCode the request's {@code test_event_code}, or empty
 */
public record RecordedRequest(
    int number,
    Instant time,
    int status,
    int count,
    boolean stored,
    int newEvents,
    String bodySha256,
    long bodyBytes,
    int attempt,
    String testEventCode) {

  /** The status of a request that got none. */
  public static final int NO_STATUS = 0;

  /**
   * Checks for null.
   *
   * @throws NullPointerException if an argument is null
   */
  public RecordedRequest {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(bodySha256, "bodySha256");
    Objects.requireNonNull(testEventCode, "testEventCode");
  }
}
