package io.github.eventbuffer.testkit;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting on a monitor for a condition, with a bound and without polling. */
final class Waiting {

  private Waiting() {}

  /** The calling thread owns the monitor, and every change of the condition notifies it. */
  static boolean until(Object monitor, BooleanSupplier condition, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      monitor.wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    return true;
  }
}
