package io.github.eventbuffer.torture;

import io.github.eventbuffer.Durability;
import io.github.eventbuffer.torture.Interruptions.Target;
import io.github.eventbuffer.torture.Violation.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that append while they are interrupted, and look for their flag after each append. */
final class InterruptedCallers {
  private final Caller caller;
  private final Oracle oracle;
  private final Interruptions interruptions;
  private final Random seeds;

  InterruptedCallers(Caller caller, Oracle oracle, Interruptions interruptions, Random seeds) {
    this.caller = caller;
    this.oracle = oracle;
    this.interruptions = interruptions;
    this.seeds = seeds;
  }

  /** Appends so many events from the first one on; returns when all are answered. */
  Caller run(long first, int threads, int events) throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Random random = new Random(seeds.nextLong());
      Thread thread = new Thread(() -> append(next, first + events, random), "caller-" + i);
      thread.setDaemon(true);
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      thread.join();
    }
    return caller;
  }

  private void append(AtomicLong next, long end, Random random) {
    Target me = interruptions.add(Thread.currentThread());
    try {
      for (long n = next.getAndIncrement(); n < end; n = next.getAndIncrement()) {
        one(n, me, random);
      }
    } catch (Throwable e) {
      oracle.violate(Rule.LIVENESS, "an append of an interrupted thread threw " + e);
    } finally {
      interruptions.remove(me);
    }
  }

  private void one(long n, Target me, Random random) {
    // Every eighth is forced: a force is what a channel may be closed in.
    Durability durability = random.nextInt(8) == 0 ? Durability.POWER : Durability.PROCESS;
    Thread.interrupted();
    long begun = me.begun.get();
    boolean up = random.nextBoolean();
    if (up) {
      Thread.currentThread().interrupt();
    }
    caller.append(n, durability);
    // Whatever began after the flag was cleared and was done by now has put it up.
    up |= me.done.get() > begun;
    if (up && !Thread.interrupted()) {
      oracle.violate(Rule.LIVENESS, "the append of " + n + " lost its thread's interrupt");
    }
  }
}
