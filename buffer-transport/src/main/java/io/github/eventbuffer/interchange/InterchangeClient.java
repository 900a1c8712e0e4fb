package io.github.eventbuffer.interchange;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.http.HttpEndpoint;
import java.time.Duration;
import java.util.Objects;

/**
 * What the endpoint offers beside {@code log-event}, by calls that block. It shares connection,
 * key, pace and limits with the {@link InterchangeTransport} that {@linkplain
 * InterchangeTransport#client() made} it, and ends with that. Immutable and thread-safe.
 */
public final class InterchangeClient {
  private static final int MEMBERS_PER_CALL = 10_000;
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(24);

  private final HttpEndpoint endpoint;
  private final BufferClock clock;
  private final Duration timeout;
  private final MappingKeys mappingKeys;

  InterchangeClient(
      HttpEndpoint endpoint, BufferClock clock, Duration timeout, MappingKeys mappingKeys) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.timeout = timeout;
    this.mappingKeys = mappingKeys;
  }

  /**
   * This client with another limit for a call with all its retries: 1 ms to 24 h; 5 min by default.
   * The last attempt may end later, by the transport's request time-out at most.
   *
   * @throws NullPointerException if {@code timeout} is null
   * @throws IllegalArgumentException if it is out of range
   */
  public InterchangeClient timeout(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.compareTo(LEAST) < 0 || timeout.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "timeout must be " + LEAST + " to " + MOST + ", is " + timeout);
    }
    return new InterchangeClient(endpoint, clock, timeout, mappingKeys);
  }

  /**
   * This client with another notation for the keys of mappings; {@link MappingKeys#SNAKE_CASE} by
   * default.
   *
   * @throws NullPointerException if {@code keys} is null
   */
  public InterchangeClient mappingKeys(MappingKeys keys) {
    return new InterchangeClient(
        endpoint, clock, timeout, Objects.requireNonNull(keys, "mappingKeys"));
  }

  /** The event sources of advertisers. */
  public EventSources eventSources() {
    return new EventSources(calls(), mappingKeys);
  }

  /** The audiences of advertisers. */
  public Audiences audiences() {
    return new Audiences(calls(), MEMBERS_PER_CALL, false, null, sync -> {});
  }

  /** Work that the endpoint does in the background. */
  public Tasks tasks() {
    return new Tasks(calls());
  }

  private Calls calls() {
    return new Calls(endpoint, clock, timeout);
  }
}
