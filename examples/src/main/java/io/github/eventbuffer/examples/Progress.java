package io.github.eventbuffer.examples;

import io.github.eventbuffer.testkit.Ledger;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The live line: written over itself on a terminal, a new one each second elsewhere. All that the
 * quick start says while it runs goes through here, so that the two do not mix. Thread-safe.
 */
final class Progress {

  private static final int WIDTH = 76;

  private final PrintStream out;
  private final boolean terminal;
  private final Receipts receipts;
  private final Ledger ledger;
  private final long startNanos = System.nanoTime();
  private final long intervalNanos;
  private final Standstill standstill = new Standstill();
  private long nextNanos = startNanos;
  private boolean open;

  Progress(PrintStream out, boolean terminal, Receipts receipts, Ledger ledger) {
    this.out = out;
    this.terminal = terminal;
    this.receipts = receipts;
    this.ledger = ledger;
    intervalNanos = terminal ? TimeUnit.MILLISECONDS.toNanos(100) : TimeUnit.SECONDS.toNanos(1);
  }

  /** Shows how things stand, unless it did so a moment ago. */
  synchronized void show() {
    long now = System.nanoTime();
    if (now - nextNanos >= 0) {
      nextNanos = now + intervalNanos;
      // In this order: what is accepted in between is pending, and pending is never below zero.
      long delivered = ledger.count();
      long accepted = receipts.count();
      String line = line(accepted, delivered);
      out.print(terminal ? "\r" + padded(line) : line + "\n");
      out.flush();
      if (standstill.isNew(now, delivered, open && accepted > delivered)) {
        say(
            "The endpoint has stored nothing for %d s; the buffer keeps all and tries again.",
            Standstill.SECONDS);
      }
    }
  }

  /** Whether there is a service that could deliver; while there is none, no standstill is told. */
  synchronized void serviceIsOpen(boolean isOpen) {
    open = isOpen;
  }

  /** Says something that stays. */
  synchronized void say(String format, Object... values) {
    String text = String.format(Locale.ROOT, format, values);
    out.print((terminal ? "\r" + padded(text) : text) + "\n");
    out.flush();
  }

  private String line(long accepted, long delivered) {
    long retries = ledger.requests().stream().filter(request -> request.attempt() > 1).count();
    return String.format(
        Locale.ROOT,
        "%4.0f s   accepted %,7d   delivered %,7d   pending %,6d   retries %d",
        (System.nanoTime() - startNanos) / 1e9,
        accepted,
        delivered,
        Math.max(0, accepted - delivered),
        retries);
  }

  private static String padded(String text) {
    return text + " ".repeat(Math.max(0, WIDTH - text.length()));
  }
}
