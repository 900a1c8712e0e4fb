package io.github.eventbuffer.torture;

import io.github.eventbuffer.Destination;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventTransport;
import io.github.eventbuffer.RetryPolicy;
import io.github.eventbuffer.WhenFull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a writer is started with. Immutable; travels as {@code NAME=value} arguments. */
final class Settings {
  /** All events go to this source of this advertiser. */
  static final Destination DESTINATION = Destination.of("12345", "website_pixel");

  private final Map<Setting, String> values;

  private Settings(Map<Setting, String> values) {
    this.values = values;
  }

  /** The defaults, for a directory, a payload and an endpoint. */
  static Settings of(Path directory, long seed, URI endpoint) {
    return new Settings(new EnumMap<>(Setting.class))
        .with(Setting.DIRECTORY, directory)
        .with(Setting.SEED, seed)
        .with(Setting.ENDPOINT, endpoint);
  }

  static Settings parse(String[] arguments) {
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(Setting.valueOf(argument.substring(0, equals)), argument.substring(equals + 1));
    }
    return new Settings(values);
  }

  Settings with(Setting setting, Object value) {
    Map<Setting, String> changed = new EnumMap<>(Setting.class);
    changed.putAll(values);
    changed.put(setting, value.toString());
    return new Settings(changed);
  }

  String text(Setting setting) {
    return values.getOrDefault(setting, setting.byDefault);
  }

  int number(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  long longNumber(Setting setting) {
    return Long.parseLong(text(setting));
  }

  private Duration millis(Setting setting) {
    return Duration.ofMillis(longNumber(setting));
  }

  Path directory() {
    return Path.of(text(Setting.DIRECTORY));
  }

  Payload payload() {
    return new Payload(longNumber(Setting.SEED));
  }

  URI endpoint() {
    return URI.create(text(Setting.ENDPOINT));
  }

  Duration requestTimeout() {
    return millis(Setting.REQUEST_TIMEOUT_MILLIS);
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    values.forEach((setting, value) -> arguments.add(setting + "=" + value));
    return arguments;
  }

  /** A buffer with these settings, not yet open. */
  EventBuffer.Builder buffer(EventTransport transport) {
    return EventBuffer.builder(directory())
        .destination(DESTINATION)
        .transport(transport)
        .durability(Durability.valueOf(text(Setting.DURABILITY)))
        .segmentBytes(longNumber(Setting.SEGMENT_BYTES))
        .maxEventBytes(number(Setting.MAX_EVENT_BYTES))
        .maxDiskBytes(longNumber(Setting.MAX_DISK_BYTES))
        .maxBatchEvents(number(Setting.MAX_BATCH_EVENTS))
        .maxInFlightBatches(number(Setting.MAX_IN_FLIGHT))
        .flushInterval(millis(Setting.FLUSH_INTERVAL_MILLIS))
        .attemptTimeout(millis(Setting.ATTEMPT_TIMEOUT_MILLIS))
        .appendTimeout(millis(Setting.APPEND_TIMEOUT_MILLIS))
        .whenFull(
            new WhenFull(
                WhenFull.Policy.valueOf(text(Setting.WHEN_FULL)), millis(Setting.WHEN_FULL_MILLIS)))
        .duplicateWindow(
            number(Setting.WINDOW_ENTRIES), Duration.ofSeconds(number(Setting.WINDOW_SECONDS)))
        .retryPolicy(
            new RetryPolicy(
                millis(Setting.RETRY_BASE_MILLIS),
                millis(Setting.RETRY_CAP_MILLIS),
                millis(Setting.PROBE_MILLIS),
                millis(Setting.PROBE_MILLIS).multipliedBy(4)));
  }
}
