package io.github.eventbuffer.internal;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.Durability;
import io.github.eventbuffer.EventBatch;
import io.github.eventbuffer.EventTransport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

/**
 * The faults that the oracle has to find, as code that is woven into the library's methods. Each
 * stands for a bug that such a library could have.
 */
final class PlantedAdvice {
  private PlantedAdvice() {}

  /** {@code Appends.append}: says ACCEPTED and appends afterwards. */
  static final class AcknowledgeFirst {
    static final ThreadLocal<Boolean> LATE = ThreadLocal.withInitial(() -> false);

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(
        @Advice.This(typing = Typing.DYNAMIC) Object appends,
        @Advice.Argument(0) ConversionEvent event,
        @Advice.Argument(1) Durability durability) {
      return Late.put(appends, event, durability);
    }

    @Advice.OnMethodExit
    static void exit(
        @Advice.Enter boolean late, @Advice.Return(readOnly = false) AppendResult result) {
      if (late) {
        result = AppendResult.ACCEPTED;
      }
    }
  }

  /** Appends after the answer. */
  static final class Late {
    static boolean put(Object appends, ConversionEvent event, Durability durability) {
      if (AcknowledgeFirst.LATE.get() || !Planting.oneIn(20)) {
        return false;
      }
      Planting.later(
          () -> {
            AcknowledgeFirst.LATE.set(true);
            ((Appends) appends).append(event, durability);
          },
          100);
      return true;
    }
  }

  /** {@code BufferOptions.transport}: tells of success before there is an answer. */
  static final class CommitFirst {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) EventTransport transport) {
      transport = new Hasty(transport);
    }
  }

  /** Answers before the endpoint does. */
  static final class Hasty implements EventTransport {
    private final EventTransport real;

    Hasty(EventTransport real) {
      this.real = real;
    }

    @Override
    public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
      real.deliver(batch);
      return CompletableFuture.completedFuture(DeliveryResult.Delivered.all(batch.count()));
    }

    @Override
    public void close() {
      real.close();
    }
  }

  /** {@code SegmentQueue.append}: one in 10,000 is not written. */
  static final class DropOneInTenThousand {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return Planting.oneIn(10_000);
    }

    @Advice.OnMethodExit
    static void exit(
        @Advice.Enter boolean dropped,
        @Advice.FieldValue("lastSequence") long last,
        @Advice.Return(readOnly = false) long sequence) {
      if (dropped) {
        sequence = last;
      }
    }
  }

  /** {@code SegmentQueue.append}: the disk fails now and then, which is no fault of the library. */
  static final class FailSometimes {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return Planting.oneIn(100);
    }

    @Advice.OnMethodExit
    static void exit(@Advice.Enter boolean failed, @Advice.Return(readOnly = false) long sequence) {
      if (failed) {
        sequence = SegmentQueue.FAILED;
      }
    }
  }

  /** {@code DuplicateFilter.settle}: keeps the id of an append that failed. */
  static final class KeepId {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) DuplicateKey key) {
      key.state = DuplicateKey.CONFIRMED;
    }
  }

  /** {@code EarlierIds.contains}: forgets what earlier runs accepted. */
  static final class ForgetWindow {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  /** {@code SegmentFiles.force}: fails now and then and loses what was not forced. */
  static final class ForceFails {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) Path file) throws IOException {
      if (Planting.oneIn(5)) {
        Planting.loseUnforced(file);
        throw new IOException("planted: Input/output error");
      }
      Planting.forced(file);
    }
  }

  /** {@code SegmentFiles.force}: the same, and it is tried again, and says that all is well. */
  static final class ForceRetried {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) Path file) throws IOException {
      if (Planting.oneIn(5)) {
        Planting.loseUnforced(file);
      }
      Planting.forced(file);
    }
  }

  /** {@code Frame.isIntact}: believes what looks like a frame. */
  static final class BelieveAnything {
    @Advice.OnMethodExit
    static void exit(
        @Advice.Argument(1) byte[] bytes,
        @Advice.Argument(2) int offset,
        @Advice.Argument(3) int available,
        @Advice.Return(readOnly = false) boolean intact) {
      if (!intact && available >= Frame.OVERHEAD_BYTES && bytes[offset] == 1) {
        int payload = Frame.payloadBytes(bytes, offset);
        intact = payload > 0 && payload <= available - Frame.OVERHEAD_BYTES;
      }
    }
  }

  /** {@code Settlement.settle}: a service at fault counts as an acknowledgement. */
  static final class CommitOnFailure {
    @Advice.OnMethodEnter
    static void enter(
        @Advice.Argument(1) QueuedBatch part,
        @Advice.Argument(value = 2, readOnly = false) DeliveryResult result) {
      if (result instanceof DeliveryResult.Unavailable) {
        result = DeliveryResult.Delivered.all(part.count());
      }
    }
  }

  /** {@code Settlement.settle}: what is too large is dropped. */
  static final class DropTooLarge {
    @Advice.OnMethodEnter
    static void enter(
        @Advice.Argument(1) QueuedBatch part,
        @Advice.Argument(value = 2, readOnly = false) DeliveryResult result) {
      if (result instanceof DeliveryResult.TooLarge) {
        result = DeliveryResult.Delivered.all(part.count());
      }
    }
  }

  /** {@code Settlement.settle}: a batch that was acknowledged is sent again. */
  static final class SendAgain {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 2, readOnly = false) DeliveryResult result) {
      if (result instanceof DeliveryResult.Delivered && Planting.oneIn(8)) {
        result = new DeliveryResult.Unavailable("planted");
      }
    }
  }

  /** {@code Settlement.settle}: dead letters are only counted as delivered. */
  static final class DropRefused {
    @Advice.OnMethodEnter
    static void enter(
        @Advice.Argument(1) QueuedBatch part,
        @Advice.Argument(value = 2, readOnly = false) DeliveryResult result) {
      if (result instanceof DeliveryResult.Delivered) {
        result = new DeliveryResult.Delivered(List.of(), List.of(), null, part.count());
      }
    }
  }

  /** {@code DirectoryLock.close}: the lock stays. */
  static final class KeepLock {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.FieldValue("file") RandomAccessFile file) {
      Planting.keep(file);
      return true;
    }
  }

  /** {@code Commits.settle}: one event is counted in the wrong place. */
  static final class Miscount {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 1, readOnly = false) long deadLettered) {
      if (Planting.onlyAt(3)) {
        deadLettered = deadLettered + 1;
      }
    }
  }

  /** {@code SegmentReader.close}: the file stays open. */
  static final class KeepFile {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.FieldValue("file") RandomAccessFile file) {
      if (file != null) {
        Planting.keep(file);
      }
      return true;
    }
  }

  /** {@code Preallocator.close}: the thread goes on. */
  static final class KeepThread {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  /** {@code Retention.run}: nothing is ever removed. */
  static final class KeepSegments {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  /** {@code SegmentQueue.append}: blocks for longer than it may. */
  static final class Block {
    @Advice.OnMethodEnter
    static void enter() throws InterruptedException {
      if (Planting.onlyAt(500)) {
        Thread.sleep(2_500);
      }
    }
  }

  /** {@code EntryBuffer.begin}: one byte of the payload is another one. */
  static final class ChangePayload {
    @Advice.OnMethodEnter
    static void enter(@Advice.FieldValue("json") JsonWriter json) {
      if (Planting.oneIn(500)) {
        byte[] frame = json.array();
        for (int i = Frame.HEADER_BYTES; i < json.length(); i++) {
          if (frame[i] == 'U' && frame[i + 1] == 'S' && frame[i + 2] == 'D') {
            frame[i] = 'A';
          }
        }
      }
    }
  }

  /** {@code Checkpoint.read}: batches that were in flight count as delivered after a restart. */
  static final class SkipAhead {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false, typing = Typing.DYNAMIC) Object read) {
      CheckpointState state = (CheckpointState) read;
      if (state != null && !state.inFlight().isEmpty()) {
        read =
            new CheckpointState(
                state.highestSequence(),
                state.position(),
                state.delivered() + state.highestSequence() - state.committedSequence(),
                state.deadLettered(),
                state.expired(),
                state.dropped(),
                state.damaged(),
                state.unattributed(),
                List.of());
      }
    }
  }

  /** {@code Flusher.turnAndSleep}: the thread ends after some turns. */
  static final class EndFlusher {
    @Advice.OnMethodEnter
    static void enter(@Advice.FieldValue(value = "stopped", readOnly = false) boolean stopped) {
      if (Planting.oneIn(20)) {
        stopped = true;
      }
    }
  }

  /** {@code SegmentQueue.append}: refuses what it has stored. */
  static final class RefuseStored {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) long sequence) {
      if (Planting.oneIn(500)) {
        sequence = SegmentQueue.FULL;
      }
    }
  }
}
