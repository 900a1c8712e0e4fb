package io.github.eventbuffer.torture;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** One line that tells how far a run is: rewritten on a terminal, else a new one now and then. */
final class Progress {
  private static final Duration TERMINAL = Duration.ofMillis(500);
  private static final Duration FILE = Duration.ofSeconds(10);

  private final PrintStream out;
  private final String scenario;
  private final boolean terminal;
  private long nextNanos = System.nanoTime();
  private int shown;

  Progress(PrintStream out, String scenario, boolean terminal) {
    this.out = out;
    this.scenario = scenario;
    this.terminal = terminal;
  }

  synchronized void show(Supplier<String> what) {
    long now = System.nanoTime();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + (terminal ? TERMINAL : FILE).toNanos();
    String line = scenario + ": " + what.get();
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
      out.flush();
      shown = line.length();
    } else {
      out.println(line);
    }
  }

  /** A line that stays. */
  synchronized void note(String line) {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      shown = 0;
    }
    out.println(line);
  }
}
