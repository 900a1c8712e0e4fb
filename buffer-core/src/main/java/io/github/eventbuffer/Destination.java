package io.github.eventbuffer;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a buffer's events go: one advertiser, one event source.
 *
 * @param advertiserId the advertiser that owns the events; 1–255 characters
 * @param eventSourceId a source registered on that advertiser; 1–256 characters (log-event
 *     reference)
 * @param testEventCode marks all events as test traffic; at most 256 characters; null for
 *     production traffic
 */
public record Destination(
    String advertiserId, String eventSourceId, @Nullable String testEventCode) {

  /**
   * Checks the lengths.
   *
   * @throws NullPointerException if {@code advertiserId} or {@code eventSourceId} is null
   * @throws IllegalArgumentException if a value is outside of its length, naming value and range
   */
  public Destination {
    Objects.requireNonNull(advertiserId, "advertiserId");
    Objects.requireNonNull(eventSourceId, "eventSourceId");
    checkLength("advertiserId", advertiserId, 255);
    checkLength("eventSourceId", eventSourceId, 256);
    if (testEventCode != null) {
      checkLength("testEventCode", testEventCode, 256);
    }
  }

  /** Production traffic to a source of an advertiser. Conditions as in the constructor. */
  public static Destination of(String advertiserId, String eventSourceId) {
    return new Destination(advertiserId, eventSourceId, null);
  }

  /** The same destination with its events marked as test traffic. */
  public Destination testEventCode(String code) {
    return new Destination(
        advertiserId, eventSourceId, Objects.requireNonNull(code, "testEventCode"));
  }

  private static void checkLength(String name, String value, int most) {
    if (value.isEmpty() || value.length() > most) {
      throw new IllegalArgumentException(
          name + " must have 1 to " + most + " characters, has " + value.length());
    }
  }
}
