package io.github.eventbuffer.torture;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a writer tells the driver, over its standard output. Each record is one write of at most
 * 4,096 bytes, which a pipe takes whole or not at all, so records of many threads do not mix, and a
 * kill leaves no half of one.
 */
final class Tell {
  /** An append returned: number, answer, nanoseconds. */
  static final byte ANSWERED = 'A';

  /** The buffer is about to be opened. */
  static final byte OPENING = 'B';

  /** The buffer is open: nanoseconds. */
  static final byte OPENED = 'O';

  /** The reply to a command: text. */
  static final byte REPLY = 'R';

  /** A dead letter: its event as text. */
  static final byte DEAD_LETTER = 'L';

  /** Something threw that must not: text. */
  static final byte TROUBLE = 'T';

  private static final int MOST_BYTES = 4096;

  private Tell() {}

  /** Hears the records of one writer. */
  interface Listener {
    void answered(long number, Answer answer, Duration took);

    void opening();

    void opened(Duration took);

    void replied(String text);

    void deadLetter(String event);

    void trouble(String text);
  }

  /** The writer's end. Thread-safe. */
  static final class Pipe {
    // Unbuffered: what is written is with the system, whatever becomes of this process.
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private final ThreadLocal<ByteBuffer> record =
        ThreadLocal.withInitial(() -> ByteBuffer.allocate(MOST_BYTES));

    /** From now on the calling thread can tell answers without allocating anything. */
    void prepare() {
      record.get();
    }

    void answered(long number, Answer answer, long nanos) {
      send(begin(ANSWERED).putLong(number).put(answer.code).putLong(nanos));
    }

    void opening() {
      send(begin(OPENING));
    }

    void opened(long nanos) {
      send(begin(OPENED).putLong(nanos));
    }

    void text(byte kind, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int length = Math.min(bytes.length, MOST_BYTES - 3);
      send(begin(kind).putShort((short) length).put(bytes, 0, length));
    }

    private ByteBuffer begin(byte kind) {
      return record.get().clear().put(kind);
    }

    private void send(ByteBuffer bytes) {
      try {
        out.write(bytes.array(), bytes.arrayOffset(), bytes.position());
      } catch (IOException e) {
        // The driver is gone.
        Runtime.getRuntime().halt(3);
      }
    }
  }

  /** Takes one record off the driver's end. */
  static void read(DataInputStream in, Listener to) throws IOException {
    byte kind = in.readByte();
    switch (kind) {
      case ANSWERED -> {
        long number = in.readLong();
        Answer answer = Answer.of(in.readByte());
        to.answered(number, answer, Duration.ofNanos(in.readLong()));
      }
      case OPENING -> to.opening();
      case OPENED -> to.opened(Duration.ofNanos(in.readLong()));
      case REPLY -> to.replied(text(in));
      case DEAD_LETTER -> to.deadLetter(text(in));
      case TROUBLE -> to.trouble(text(in));
      default -> throw new UncheckedIOException(new IOException("no record begins with " + kind));
    }
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
