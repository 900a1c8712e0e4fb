package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.BufferOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each option takes its whole range and nothing beside it, and says so. */
class OptionRangesTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long HOUR = 3_600 * SECOND;
  private static final long DAY = 24 * HOUR;

  @TempDir Path root;

  /** A range; for durations in nanoseconds. */
  record Range(String option, long least, long most, boolean duration, LongConsumer set) {
    String text(long value) {
      return duration ? Duration.ofNanos(value).toString() : Long.toString(value);
    }

    @Override
    public String toString() {
      return option;
    }
  }

  private static EventBuffer.Builder builder() {
    return EventBuffer.builder(Path.of("never-opened"));
  }

  private static Range number(String option, long least, long most, LongConsumer set) {
    return new Range(option, least, most, false, set);
  }

  private static Range time(String option, long least, long most, Consumer<Duration> set) {
    return new Range(option, least, most, true, nanos -> set.accept(Duration.ofNanos(nanos)));
  }

  private static Range length(String option, int most, Consumer<String> set) {
    return number(option, 1, most, length -> set.accept("x".repeat((int) length)));
  }

  static Stream<Range> ranges() {
    Duration hour = Duration.ofHours(1);
    return Stream.of(
        number("maxBatchEvents", 1, 10_000, v -> builder().maxBatchEvents((int) v)),
        number("maxBatchBytes", 1 << 10, 1L << 30, v -> builder().maxBatchBytes(v)),
        time("flushInterval", MILLI, DAY, v -> builder().flushInterval(v)),
        number("maxInFlightBatches", 1, 64, v -> builder().maxInFlightBatches((int) v)),
        time("attemptTimeout", MILLI, DAY, v -> builder().attemptTimeout(v)),
        number("maxAttempts", 1, 1_000_000, v -> builder().maxAttempts((int) v)),
        number("suspiciousBatch", 2, 10_000, v -> builder().suspiciousBatch((int) v)),
        number("maxDeadLetterBytes", 2 << 20, 1L << 50, v -> builder().maxDeadLetterBytes(v)),
        time("closeOnShutdown", 0, HOUR, v -> builder().closeOnShutdown(v)),
        number("maxEventBytes", 1 << 10, 16 << 20, v -> builder().maxEventBytes((int) v)),
        number("segmentBytes", 1 << 20, 1L << 30, v -> builder().segmentBytes(v)),
        number("maxDiskBytes", 4 << 20, 1L << 50, v -> builder().maxDiskBytes(v)),
        number(
            "duplicateWindow: entries",
            1,
            10_000_000,
            v -> builder().duplicateWindow((int) v, hour)),
        time("duplicateWindow: age", SECOND, 365 * DAY, v -> builder().duplicateWindow(1, v)),
        time("appendTimeout", MILLI, HOUR, v -> builder().appendTimeout(v)),
        time("maxEventAge", SECOND, 3_650 * DAY, v -> builder().maxEventAge(v)),
        time("whenFull: timeout", 0, HOUR, WhenFull::block),
        time("retryPolicy: base", MILLI, HOUR, v -> RetryPolicy.exponential(v, hour)),
        time(
            "retryPolicy: cap",
            SECOND,
            HOUR,
            v -> RetryPolicy.exponential(Duration.ofSeconds(1), v)),
        time("retryPolicy: probe", MILLI, HOUR, v -> new RetryPolicy(hour, hour, v, hour)),
        time(
            "retryPolicy: probeCap",
            SECOND,
            HOUR,
            v -> new RetryPolicy(hour, hour, Duration.ofSeconds(1), v)),
        length("advertiserId", 255, v -> Destination.of(v, "s")),
        length("eventSourceId", 256, v -> Destination.of("a", v)),
        length("testEventCode", 256, v -> Destination.of("a", "s").testEventCode(v)));
  }

  @ParameterizedTest
  @MethodSource("ranges")
  void theLimitsAreIn(Range range) {
    for (long value : new long[] {range.least, range.least + 1, range.most - 1, range.most}) {
      assertDoesNotThrow(() -> range.set.accept(value), () -> range.text(value));
    }
  }

  @ParameterizedTest
  @MethodSource("ranges")
  void whatIsBesideTheLimitsIsRefusedByName(Range range) {
    for (long value : new long[] {range.least - 1, range.most + 1}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> range.set.accept(value)).getMessage();
      for (String part : new String[] {range.option, range.text(value)}) {
        assertTrue(message.contains(part), () -> message + " says " + part);
      }
      assertTrue(message.matches(".* \\S+( s)? to \\S+( h)?\\b.*"), message);
    }
  }

  @Test
  void extremeNumbersDoNotWrapAround() {
    for (long value : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 33}) {
      assertThrows(IllegalArgumentException.class, () -> builder().maxBatchBytes(value));
      assertThrows(IllegalArgumentException.class, () -> builder().segmentBytes(value));
    }
    Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> builder().flushInterval(ages));
    assertThrows(IllegalArgumentException.class, () -> builder().appendTimeout(ages));
    assertThrows(IllegalArgumentException.class, () -> builder().duplicateWindow(1, ages));
  }

  @Test
  void everyOptionOfTheBuilderIsInTheTable() {
    Set<String> withoutRange =
        Set.of(
            "destination",
            "transport",
            "listener",
            "clock",
            "durability",
            "whenFull",
            "whenDeadLettersFull",
            "retryPolicy",
            "eventSource",
            "requireIdentifier",
            "requireSourceUrl",
            "open");
    Set<String> tested =
        ranges().map(range -> range.option.replaceAll(":.*", "")).collect(Collectors.toSet());
    Set<String> untested = new TreeSet<>();
    for (Method method : EventBuffer.Builder.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && !method.isSynthetic()
          && !withoutRange.contains(method.getName())
          && !tested.contains(method.getName())) {
        untested.add(method.getName());
      }
    }
    assertEquals(Set.of(), untested);
  }

  @Test
  void nullIsRefusedByName() {
    EventBuffer.Builder builder = builder();
    Stream.of(EventBuffer.Builder.class.getDeclaredMethods())
        .filter(
            method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 1)
        .filter(method -> !method.getParameterTypes()[0].isPrimitive())
        .forEach(
            method -> {
              var thrown =
                  assertThrows(
                      java.lang.reflect.InvocationTargetException.class,
                      () -> method.invoke(builder, (Object) null));
              assertEquals(NullPointerException.class, thrown.getCause().getClass());
              assertEquals(method.getName(), thrown.getCause().getMessage());
            });
    assertEquals(
        "directory",
        assertThrows(NullPointerException.class, () -> EventBuffer.builder(null)).getMessage());
  }

  @Test
  void optionsThatDoNotFitTogetherAreRefusedBeforeTheDirectoryIsTouched() {
    Path directory = root.resolve("events");
    ScriptedTransport transport = new ScriptedTransport();
    EventBuffer.Builder builder =
        EventBuffer.builder(directory).destination(Destination.of("1", "2")).transport(transport);
    String events =
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.segmentBytes(1 << 20).maxEventBytes(1 << 20).open())
            .getMessage();
    mentions(events, "segmentBytes", "1048576", "maxEventBytes");
    long least = BufferOptions.leastDiskBytes(16 << 20, 1 << 20);
    String disk =
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.segmentBytes(16 << 20).maxDiskBytes(least - 1).open())
            .getMessage();
    mentions(disk, "maxDiskBytes", Long.toString(least - 1), Long.toString(least), "segmentBytes");
    assertTrue(Files.notExists(directory));
    builder.maxDiskBytes(least).open().close();
  }

  @Test
  void destinationAndTransportAreRequired() {
    Path directory = root.resolve("events");
    String noDestination =
        assertThrows(
                IllegalStateException.class,
                () -> EventBuffer.builder(directory).transport(new ScriptedTransport()).open())
            .getMessage();
    mentions(noDestination, "destination", "required");
    String noTransport =
        assertThrows(
                IllegalStateException.class,
                () -> EventBuffer.builder(directory).destination(Destination.of("1", "2")).open())
            .getMessage();
    mentions(noTransport, "transport", "required");
    assertTrue(Files.notExists(directory));
  }

  private static void mentions(String message, String... parts) {
    Arrays.stream(parts).forEach(part -> assertTrue(message.contains(part), message));
  }
}
