package io.github.eventbuffer.internal;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A queue, and what happens at the places where it is asked by a force. */
final class ScriptedTarget implements SegmentForce.Target {
  private final SegmentForce.Target queue;
  volatile Runnable beforeUnforced = () -> {};
  volatile UnaryOperator<SegmentQueue.Unforced> seen = unforced -> unforced;
  volatile Runnable beforeForced = () -> {};
  volatile Runnable beforePoison = () -> {};
  volatile int forces;

  ScriptedTarget(SegmentForce.Target queue) {
    this.queue = queue;
  }

  /** Throws this the first time. */
  static Runnable once(Error thrown) {
    return new Runnable() {
      private boolean done;

      @Override
      public void run() {
        if (!done) {
          done = true;
          throw thrown;
        }
      }
    };
  }

  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one force at a time
  public SegmentQueue.Unforced unforced() {
    beforeUnforced.run();
    forces++;
    return seen.apply(queue.unforced());
  }

  @Override
  public void forced(SegmentQueue.Unforced done) {
    beforeForced.run();
    queue.forced(done);
  }

  @Override
  public boolean isListed(Path file) {
    return queue.isListed(file);
  }

  @Override
  public long poison(Throwable cause) {
    beforePoison.run();
    return queue.poison(cause);
  }
}
