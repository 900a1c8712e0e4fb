package io.github.eventbuffer.torture;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of a {@link Writer}: gives commands, hears answers and hands them to the
 * oracle. Commands are given by one thread at a time.
 */
final class WriterProcess implements AutoCloseable {
  private static final long POLL_NANOS = 500_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Child child;
  private final Oracle oracle;
  private final DataInputStream in;
  private final Thread reader;
  private final CountDownLatch opening = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
  private final Map<Answer, Long> answers = new EnumMap<>(Answer.class);
  private volatile @Nullable Duration openTime;
  private volatile @Nullable String trouble;

  private WriterProcess(Child child, Oracle oracle) {
    this.child = child;
    this.oracle = oracle;
    in = new DataInputStream(child.output());
    reader = new Thread(this::read, "writer-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a writer; it belongs to the caller, and to the run should that end first. */
  static WriterProcess start(Run run, Settings settings, Oracle oracle) throws IOException {
    return start(run, settings, oracle, List.of(), List.of());
  }

  /**
   * The same, under another command or with more flags.
   *
   * @param before for example {@link Child#SAME_PID}
   * @param flags of its JVM
   */
  static WriterProcess start(
      Run run, Settings settings, Oracle oracle, List<String> before, List<String> flags)
      throws IOException {
    Path errors = run.directory().resolve("writer.err");
    List<String> all = new ArrayList<>(run.writer().flags());
    all.addAll(flags);
    Child child = new Child(before, all, run.writer().mainClass(), settings.arguments(), errors);
    return run.own(new WriterProcess(child, oracle));
  }

  Child child() {
    return child;
  }

  // What it tells.

  /** Takes what has come; polls, so that {@link #drain} can be sure that nothing is half taken. */
  private void read() {
    try {
      while (child.isAlive()) {
        drain();
        LockSupport.parkNanos(POLL_NANOS);
      }
      synchronized (in) {
        while (true) {
          Tell.read(in, listener);
        }
      }
    } catch (EOFException e) {
      // All that it told was heard.
      return;
    } catch (IOException | UncheckedIOException e) {
      trouble = "its output cannot be read: " + e;
    } finally {
      opening.countDown();
      opened.countDown();
    }
  }

  /** Hears everything that was told up to now. */
  void drain() throws IOException {
    synchronized (in) {
      while (in.available() > 0) {
        Tell.read(in, listener);
      }
    }
  }

  private final Tell.Listener listener =
      new Tell.Listener() {
        @Override
        public void answered(long number, Answer answer, Duration took) {
          answers.merge(answer, 1L, Long::sum);
          oracle.answered(number, answer, took);
        }

        @Override
        public void opening() {
          opening.countDown();
        }

        @Override
        public void opened(Duration took) {
          openTime = took;
          oracle.opened(took);
          opened.countDown();
        }

        @Override
        public void replied(String text) {
          replies.add(text);
        }

        @Override
        public void deadLetter(String event) {
          oracle.deadLettered(Judge.idOf(event), event);
        }

        @Override
        public void trouble(String text) {
          trouble = text;
        }
      };

  /** Waits until it is about to open its buffer. */
  void awaitOpening() throws IOException, InterruptedException {
    await(opening, "begin to open");
  }

  /** Waits until its buffer is open; returns how long the open took. */
  Duration awaitOpen() throws IOException, InterruptedException {
    await(opened, "open");
    Duration took = openTime;
    if (took == null) {
      throw new IOException("the writer ended before it was open: " + trouble);
    }
    return took;
  }

  private void await(CountDownLatch latch, String what) throws IOException, InterruptedException {
    if (!latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the writer did not " + what + " within " + PATIENCE);
    }
  }

  /** How long the open took; null when it was not reached. Final once the writer has ended. */
  @Nullable Duration openTime() {
    return openTime;
  }

  /** What it threw that it must not, an open that was refused included; null when nothing. */
  @Nullable String trouble() {
    return trouble;
  }

  /** What the appends of this process were answered, as far as heard. */
  Map<Answer, Long> answers() {
    synchronized (in) {
      return new EnumMap<>(answers);
    }
  }

  // What it is told.

  /** One command, and its reply. */
  String ask(String command) throws IOException, InterruptedException {
    return ask(command, PATIENCE);
  }

  String ask(String command, Duration patience) throws IOException, InterruptedException {
    tell(command);
    return reply(command, patience);
  }

  /** A command whose reply is not waited for; {@link #reply} has it later. */
  void tell(String command) throws IOException {
    child.say(command);
  }

  String reply(String command, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      String reply = replies.poll(20, TimeUnit.MILLISECONDS);
      if (reply != null) {
        return reply;
      }
      if (!reader.isAlive() && replies.isEmpty()) {
        throw new IOException("the writer ended at \"" + command + "\": " + trouble);
      }
    }
    throw new IOException("no reply to \"" + command + "\" within " + patience);
  }

  /** Begins to append a range; see {@link Appending#start}. */
  void append(long first, long count, int threads, long pauseMicros, int tries)
      throws IOException, InterruptedException {
    oracle.offered(first, count);
    ask("append " + first + " " + count + " " + threads + " " + pauseMicros + " " + tries);
  }

  /** Waits until the ranges are appended. */
  void join() throws IOException, InterruptedException {
    ask("join");
  }

  /** Delivers what is accepted; whether all was in time. */
  boolean flush(Duration timeout) throws IOException, InterruptedException {
    String reply = ask("flush " + timeout.toMillis(), timeout.plus(PATIENCE));
    return words(reply).getOrDefault("complete", 0L) == 1;
  }

  Map<String, Long> stats() throws IOException, InterruptedException {
    return words(ask("stats"));
  }

  /** Its own pid, as it sees it. */
  long pid() throws IOException, InterruptedException {
    return words(ask("pid")).getOrDefault("pid", 0L);
  }

  /** See {@link Resources}. */
  Map<String, Long> resources() throws IOException, InterruptedException {
    return words(ask("resources"));
  }

  /** Tells the oracle of all dead letters. */
  void deadLetters() throws IOException, InterruptedException {
    ask("dead-letters");
  }

  private static Map<String, Long> words(String reply) {
    Map<String, Long> words = new HashMap<>();
    for (String word : reply.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
      }
    }
    return words;
  }

  /** SIGKILL, and waits until all that it told was heard. */
  void kill() throws InterruptedException {
    oracle.killed();
    child.kill();
    end();
  }

  /** Lets it close its buffer and end by itself; returns its exit code. */
  int exit() throws IOException, InterruptedException {
    tell("exit");
    return end();
  }

  private int end() throws InterruptedException {
    int code = child.awaitEnd(PATIENCE);
    reader.join(PATIENCE.toMillis());
    return code;
  }

  @Override
  public void close() {
    child.close();
  }
}
