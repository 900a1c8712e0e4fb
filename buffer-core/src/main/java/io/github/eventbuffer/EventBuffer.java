package io.github.eventbuffer;

import io.github.eventbuffer.internal.BufferCore;
import io.github.eventbuffer.internal.BufferOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A durable buffer for conversion events: one destination, one directory, one owner.
 *
 * <p>{@link #append} puts an event into a memory-mapped queue and returns; a thread of the buffer
 * delivers batches to the endpoint for as long as that takes, over crashes and restarts. Every
 * accepted event is delivered at least once, or ends as a dead letter, or is still pending; {@link
 * #stats()} accounts for each.
 *
 * <p>An accepted event survives the end of the process, kill -9 included; with {@link
 * Durability#POWER} it survives the loss of power, too. It does not survive the loss of the disk.
 * What lies in the directory is personal data: hashes, addresses, user agents.
 *
 * <p>Thread-safe; made for hundreds of platform threads and for virtual threads. The directory
 * belongs to one buffer at a time, by a lock of the operating system that ends with the process.
 */
public final class EventBuffer implements AutoCloseable {

  /** How long {@link #close()} tries to deliver: inside of a container's usual grace. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final BufferCore core;
  private final Durability durability;
  private final @Nullable Thread hook;

  private EventBuffer(BufferCore core, Durability durability, @Nullable Duration onShutdown) {
    this.core = core;
    this.durability = durability;
    hook =
        onShutdown == null
            ? null
            : new Thread(() -> core.close(onShutdown), "event-buffer-shutdown-hook");
    if (hook != null) {
      addHook(hook);
    }
  }

  private static void addHook(Thread hook) {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending already; what is appended stays on disk for the next run.
    }
  }

  private static void removeHook(@Nullable Thread hook) {
    try {
      if (hook != null) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (IllegalStateException e) {
      // The JVM is ending, and runs it; close is idempotent.
    }
  }

  /**
   * Begins a buffer in a directory, which is made if it does not exist.
   *
   * @param directory on a local disk; for this buffer alone
   * @throws NullPointerException if {@code directory} is null
   */
  public static Builder builder(Path directory) {
    return new Builder(Objects.requireNonNull(directory, "directory"));
  }

  /**
   * Takes an event into safe keeping, with the buffer's {@link Builder#durability durability}.
   *
   * <p>Does not wait for the network. Takes a few microseconds (benchmarks/README.md); waits for
   * other appends, for a segment that is being allocated, and with {@link Durability#POWER} for the
   * device, {@link Builder#appendTimeout} at most each, or as long as {@link WhenFull} says while
   * the disk is full. A disk that stalls inside of a store into mapped memory can hold a thread
   * longer. An interrupt of the thread neither stops it nor is lost.
   *
   * @return what became of it; never null. All trouble but a caller's bug is in the result
   * @throws NullPointerException if {@code event} is null
   * @throws IllegalStateException if the buffer is closed
   */
  public AppendResult append(ConversionEvent event) {
    return append(event, durability);
  }

  /**
   * As {@link #append(ConversionEvent)}, with a durability of its own for this event.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if the buffer is closed
   */
  public AppendResult append(ConversionEvent event, Durability durability) {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(durability, "durability");
    return core.append(event, durability);
  }

  /**
   * Takes an event that is JSON already, as {@code log-event} documents it. It is checked like any
   * other and sent with exactly these bytes, fields that this library does not know included.
   *
   * @param event one JSON object in UTF-8; copied
   * @return as for {@link #append(ConversionEvent)}; malformed JSON is {@code INVALID} with the
   *     position
   * @throws NullPointerException if {@code event} is null
   * @throws IllegalStateException if the buffer is closed
   */
  public AppendResult appendJson(byte[] event) {
    Objects.requireNonNull(event, "event");
    return core.appendJson(event, durability);
  }

  /**
   * Delivers what was accepted before the call, without waiting for batches to fill, and waits for
   * it. A hold, a backoff or a delay of the transport is not cut short.
   *
   * @param timeout how long to wait at most; zero or less only asks for it
   * @return whether all of it is done, and what is left
   * @throws NullPointerException if {@code timeout} is null
   * @throws IllegalStateException if the buffer is closed
   */
  public FlushResult flush(Duration timeout) {
    return core.flush(Objects.requireNonNull(timeout, "timeout"));
  }

  /** What became of the events up to now. Does not block; works on a closed buffer, too. */
  public BufferStats stats() {
    return core.stats();
  }

  /** How the buffer is doing. Reads one entry from disk; works on a closed buffer, too. */
  public BufferHealth health() {
    return core.health();
  }

  /** Stops delivery after the attempts under way. Appends go on. Not kept over a restart. */
  public void pause() {
    core.pause();
  }

  /**
   * Ends a {@link #pause()}, and a hold or a backoff: the next attempt is made at once, or as soon
   * as {@link EventTransport#delay()} lets it. A request that the endpoint's limit has no room for
   * would be refused.
   */
  public void resume() {
    core.resume();
  }

  /** The events that the endpoint refused for good. */
  public DeadLetters deadLetters() {
    return core.deadLetters();
  }

  /** As {@link #close(Duration)} with 10 s. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Stops accepting, tries to deliver what is left, and frees the directory. What is not delivered
   * in time stays on disk for the next run. Returns about {@code timeout} from now at the latest,
   * whatever the endpoint does, and at once while delivery is held or paused. Idempotent. The
   * transport is not closed.
   *
   * @param timeout how long to try; zero or less tries nothing
   * @return whether all is delivered, and what is left
   * @throws NullPointerException if {@code timeout} is null
   */
  public FlushResult close(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    removeHook(hook);
    return core.close(timeout);
  }

  /**
   * Collects the options of a buffer. Each setter throws {@link IllegalArgumentException} naming
   * option, value and range for a value out of its range, and {@link NullPointerException} for
   * null. Not thread-safe.
   */
  public static final class Builder {
    private static final Duration MOST = Duration.ofDays(1);
    private static final int MOST_SOURCES = 50;
    private static final long DEAD_LETTER_BYTES = 256L << 20;

    private final Path directory;
    private @Nullable Destination destination;
    private @Nullable EventTransport transport;
    private EventBufferListener listener = new EventBufferListener() {};
    private BufferClock clock = BufferClock.system();
    private Durability durability = Durability.PROCESS;
    private WhenFull whenFull = WhenFull.REJECT;
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private int maxBatchEvents = 10_000;
    private long maxBatchBytes = 8L << 20;
    private Duration flushInterval = Duration.ofSeconds(5);
    private int maxInFlightBatches = 4;
    private Duration attemptTimeout = Duration.ofMinutes(2);
    private int maxAttempts;
    private int suspiciousBatch = 50;
    private int maxEventBytes = 256 << 10;
    private long segmentBytes = 64L << 20;
    private long maxDiskBytes = 10L << 30;
    private int duplicateWindowEntries = 100_000;
    private Duration duplicateWindowAge = Duration.ofHours(24);
    private Duration appendTimeout = Duration.ofSeconds(1);
    private Duration maxEventAge = Duration.ZERO;
    private @Nullable Long maxDeadLetterBytes;
    private WhenDeadLettersFull whenDeadLettersFull = WhenDeadLettersFull.DROP_OLDEST;
    private @Nullable Duration closeOnShutdown;
    private List<EventSource> eventSources = List.of();
    private boolean requireIdentifier = true;
    private boolean requireSourceUrl = true;

    private Builder(Path directory) {
      this.directory = directory;
    }

    /** Where the events go. Required; a directory keeps its destination for ever. */
    public Builder destination(Destination value) {
      destination = Objects.requireNonNull(value, "destination");
      return this;
    }

    /** What carries them there. Required; closed by whoever made it. */
    public Builder transport(EventTransport value) {
      transport = Objects.requireNonNull(value, "transport");
      return this;
    }

    /** Hears what the buffer does. Default: nobody. */
    public Builder listener(EventBufferListener value) {
      listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /** Time, for tests. Default: the machine's. */
    public Builder clock(BufferClock value) {
      clock = Objects.requireNonNull(value, "clock");
      return this;
    }

    /** What an accepted event survives. Default {@link Durability#PROCESS}. */
    public Builder durability(Durability value) {
      durability = Objects.requireNonNull(value, "durability");
      return this;
    }

    /** What append does when the disk is full. Default {@link WhenFull#REJECT}. */
    public Builder whenFull(WhenFull value) {
      whenFull = Objects.requireNonNull(value, "whenFull");
      return this;
    }

    /** The waits between attempts. Default {@link RetryPolicy#DEFAULT}. */
    public Builder retryPolicy(RetryPolicy value) {
      retryPolicy = Objects.requireNonNull(value, "retryPolicy");
      return this;
    }

    /**
     * How many events make a batch full: 1 to 10,000 (the endpoint's limit), default 10,000. Full
     * batches matter: the endpoint allows 100 requests a minute per IP address.
     */
    public Builder maxBatchEvents(int value) {
      maxBatchEvents = (int) check("maxBatchEvents", value, 1, 10_000);
      return this;
    }

    /** How many bytes of JSON make a batch full: 1 KiB to 1 GiB, default 8 MiB. */
    public Builder maxBatchBytes(long value) {
      maxBatchBytes = check("maxBatchBytes", value, 1 << 10, 1L << 30);
      return this;
    }

    /** How long a batch that is not full waits for more: 1 ms to 1 day, default 5 s. */
    public Builder flushInterval(Duration value) {
      flushInterval = check("flushInterval", value, Duration.ofMillis(1), MOST);
      return this;
    }

    /** How many batches may be under way at once: 1 to 64, default 4. */
    public Builder maxInFlightBatches(int value) {
      maxInFlightBatches = (int) check("maxInFlightBatches", value, 1, 64);
      return this;
    }

    /**
     * After which time an attempt counts as unanswered, should the transport not keep its own
     * bound: 1 ms to 1 day, default 2 min.
     */
    public Builder attemptTimeout(Duration value) {
      attemptTimeout = check("attemptTimeout", value, Duration.ofMillis(1), MOST);
      return this;
    }

    /**
     * After how many failed attempts, for want of the service, a batch's events become dead letters
     * with code {@code max_attempts}: 1 to 1,000,000. Counted since the buffer was opened: a
     * restart begins anew. Default: no limit, an outage, however long, drops nothing.
     */
    public Builder maxAttempts(int value) {
      maxAttempts = (int) check("maxAttempts", value, 1, 1_000_000);
      return this;
    }

    /**
     * From how many events on a batch of which every event is refused with one code says that the
     * configuration is at fault, and delivery is held, not the events dead-lettered: 2 to 10,000,
     * default 50.
     */
    public Builder suspiciousBatch(int value) {
      suspiciousBatch = (int) check("suspiciousBatch", value, 2, 10_000);
      return this;
    }

    /**
     * The largest event in bytes of JSON: 1 KiB to 16 MiB, default 256 KiB. A segment must hold
     * four of them, see {@link #segmentBytes}.
     */
    public Builder maxEventBytes(int value) {
      maxEventBytes = (int) check("maxEventBytes", value, 1 << 10, BufferOptions.MOST_EVENT_BYTES);
      return this;
    }

    /**
     * The size of the queue's files: 1 MiB to 1 GiB, default 64 MiB; at least four times {@code
     * maxEventBytes}, rounded up to a power of two (2 MiB by default). An open buffer takes two of
     * them, whatever is in it.
     */
    public Builder segmentBytes(long value) {
      segmentBytes = check("segmentBytes", value, 1 << 20, 1L << 30);
      return this;
    }

    /**
     * What the directory may take on disk, unused parts of files included: 4 MiB to 1 PiB and at
     * least four segments and two of the dead letters' (about four times {@code segmentBytes} plus
     * 40 times {@code maxEventBytes}), default 10 GiB.
     */
    public Builder maxDiskBytes(long value) {
      maxDiskBytes = check("maxDiskBytes", value, 4 << 20, 1L << 50);
      return this;
    }

    /**
     * How many accepted events are known as duplicates, and for how long: 1 to 10,000,000, default
     * 100,000 (about 110 bytes of heap each); 1 s to 365 days, default 24 h. An id is forgotten
     * when either bound is reached. Survives a restart.
     */
    public Builder duplicateWindow(int entries, Duration age) {
      duplicateWindowEntries = (int) check("duplicateWindow: entries", entries, 1, 10_000_000);
      duplicateWindowAge =
          check("duplicateWindow: age", age, Duration.ofSeconds(1), Duration.ofDays(365));
      return this;
    }

    /**
     * How long an append waits for others, for a segment or for the device: 1 ms to 1 h, default 1
     * s; then it answers {@code FAILED}.
     */
    public Builder appendTimeout(Duration value) {
      appendTimeout = check("appendTimeout", value, Duration.ofMillis(1), Duration.ofHours(1));
      return this;
    }

    /**
     * The age, since it was accepted, at which an event is not sent any more but becomes a dead
     * letter with code {@code expired}: 1 s to 3,650 days. Default: none, events are kept for as
     * long as it takes. Looked at before each attempt.
     */
    public Builder maxEventAge(Duration value) {
      maxEventAge = check("maxEventAge", value, Duration.ofSeconds(1), Duration.ofDays(3_650));
      return this;
    }

    /**
     * What the dead letters may take on disk, within {@link #maxDiskBytes}: 2 MiB to 1 PiB, and at
     * least two of their files (about 41 times {@code maxEventBytes}, 2.6 MiB or more; {@link
     * #open} checks). Default: a quarter of {@code maxDiskBytes}, 256 MiB at most. Those of batches
     * that are under way may exceed it.
     */
    public Builder maxDeadLetterBytes(long value) {
      maxDeadLetterBytes = check("maxDeadLetterBytes", value, 2 << 20, 1L << 50);
      return this;
    }

    /**
     * What is done when the dead letters have no more room. Default {@link
     * WhenDeadLettersFull#DROP_OLDEST}.
     */
    public Builder whenDeadLettersFull(WhenDeadLettersFull value) {
      whenDeadLettersFull = Objects.requireNonNull(value, "whenDeadLettersFull");
      return this;
    }

    private long deadLetterBytes() {
      long leastLetters = BufferOptions.leastDeadLetterBytes(maxEventBytes);
      Long wanted = maxDeadLetterBytes;
      if (wanted == null) {
        return Math.max(leastLetters, Math.min(DEAD_LETTER_BYTES, maxDiskBytes / 4));
      }
      if (wanted < leastLetters) {
        throw new IllegalArgumentException(
            "maxDeadLetterBytes must be at least "
                + leastLetters
                + " for maxEventBytes "
                + maxEventBytes
                + ", is "
                + wanted);
      }
      return wanted;
    }

    /**
     * Registers event sources: the destination's own, and others of the same advertiser where one
     * buffer is to register all. Default: none; the source is registered by other means.
     *
     * <p>Done in the background when the buffer opens; appends do not wait, and delivery waits for
     * the answer of that one request. Done again when the endpoint does not know the source (HTTP
     * 404), or refuses every event of a batch; then delivery is tried again at once. A registration
     * that fails is logged, and keeps no event. Sources that are not named here are left alone.
     *
     * @param sources 1 to 50, in the place of those given before
     * @throws NullPointerException if one is null
     * @throws IllegalArgumentException if there are none or more than 50, or two have one id;
     *     {@link #open()} throws it when none has the destination's
     */
    public Builder eventSource(EventSource... sources) {
      List<EventSource> all = new ArrayList<>();
      for (EventSource source : Objects.requireNonNull(sources, "eventSource")) {
        all.add(Objects.requireNonNull(source, "eventSource"));
      }
      long different = all.stream().map(EventSource::eventSourceId).distinct().count();
      if (all.isEmpty() || all.size() > MOST_SOURCES || different < all.size()) {
        throw new IllegalArgumentException(
            "eventSource must be 1 to "
                + MOST_SOURCES
                + " sources with different ids, are "
                + all.size()
                + " with "
                + different);
      }
      eventSources = List.copyOf(all);
      return this;
    }

    /**
     * Has the buffer closed by a shutdown hook of the JVM, as {@link EventBuffer#close(Duration)}
     * with this time-out: 0 to 1 h. Default: no hook; what is not delivered when the JVM ends stays
     * on disk for the next run either way. Hooks run side by side in no order: a service that still
     * appends while the JVM ends closes the buffer itself, last. A transport that the application
     * closes in a hook of its own may be gone before this one is done.
     */
    public Builder closeOnShutdown(Duration timeout) {
      closeOnShutdown = check("closeOnShutdown", timeout, Duration.ZERO, Duration.ofHours(1));
      return this;
    }

    /** Whether an event needs a usable identifier of its user. Default true. */
    public Builder requireIdentifier(boolean value) {
      requireIdentifier = value;
      return this;
    }

    /**
     * Whether an event with action source {@code website} needs its URL. Default true, as the
     * endpoint's guide has it; a newer page only recommends it.
     */
    public Builder requireSourceUrl(boolean value) {
      requireSourceUrl = value;
      return this;
    }

    /**
     * Opens the buffer: takes the directory's lock, finds out what an earlier run left, and goes on
     * with its delivery. Blocks for that and for the allocation of the first segment.
     *
     * @throws IllegalStateException if destination or transport is missing
     * @throws IllegalArgumentException if {@code segmentBytes} or {@code maxDeadLetterBytes} is too
     *     small for {@code maxEventBytes}, or {@code maxDiskBytes} for four segments and those of
     *     the dead letters
     * @throws EventBufferException if the directory cannot be used, with the reason
     */
    public EventBuffer open() {
      Destination to = destination;
      EventTransport by = transport;
      if (to == null || by == null) {
        throw new IllegalStateException(
            (to == null ? "destination" : "transport") + " is required: call it before open()");
      }
      long least = BufferOptions.leastSegmentBytes(maxEventBytes);
      if (segmentBytes < least) {
        throw new IllegalArgumentException(
            "segmentBytes must be at least "
                + least
                + " for maxEventBytes "
                + maxEventBytes
                + ", is "
                + segmentBytes);
      }
      long leastDisk = BufferOptions.leastDiskBytes(segmentBytes, maxEventBytes);
      if (maxDiskBytes < leastDisk) {
        throw new IllegalArgumentException(
            "maxDiskBytes must be at least "
                + leastDisk
                + " for segmentBytes "
                + segmentBytes
                + " and maxEventBytes "
                + maxEventBytes
                + ", is "
                + maxDiskBytes);
      }
      if (!eventSources.isEmpty()
          && eventSources.stream()
              .noneMatch(source -> source.eventSourceId().equals(to.eventSourceId()))) {
        throw new IllegalArgumentException(
            "eventSource must define the destination's source " + to.eventSourceId());
      }
      long deadLetterBytes = deadLetterBytes();
      BufferOptions options =
          new BufferOptions(
              directory,
              to,
              by,
              listener,
              clock,
              durability,
              whenFull,
              retryPolicy,
              maxBatchEvents,
              maxBatchBytes,
              flushInterval,
              maxInFlightBatches,
              attemptTimeout,
              maxAttempts,
              suspiciousBatch,
              maxEventBytes,
              segmentBytes,
              maxDiskBytes,
              duplicateWindowEntries,
              duplicateWindowAge,
              appendTimeout,
              maxEventAge,
              deadLetterBytes,
              whenDeadLettersFull,
              eventSources,
              requireIdentifier,
              requireSourceUrl);
      return new EventBuffer(BufferCore.open(options), durability, closeOnShutdown);
    }

    private static long check(String option, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            option + " must be " + least + " to " + most + ", is " + value);
      }
      return value;
    }

    private static Duration check(String option, Duration value, Duration least, Duration most) {
      Objects.requireNonNull(value, option);
      if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            option + " must be " + least + " to " + most + ", is " + value);
      }
      return value;
    }
  }
}
