package io.github.eventbuffer.internal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a full disk, or a share that is used up, from other failures. Java has no type for it: the
 * exception says what the C library says, in the language of the process.
 */
final class SpaceErrors {
  private static final String SHARE_USED_UP =
      "the queue's share of the disk (maxDiskBytes less the room for dead letters) is used up";

  /** In the language of this process. */
  private static final @Nullable String NO_SPACE_HERE = said();

  private SpaceErrors() {}

  /** What a write to a full device fails with; null where there is no such device. */
  private static @Nullable String said() {
    try (OutputStream full = new FileOutputStream("/dev/full")) {
      full.write(0);
    } catch (IOException e) {
      String message = e.getMessage();
      return message == null || message.contains("/dev/full") ? null : message;
    }
    return null;
  }

  /** Learns the words now: with a full heap the class would be lost for good. */
  static void makeClass() {
    isNoSpace((Throwable) null);
  }

  static IOException shareUsedUp() {
    return new IOException(SHARE_USED_UP);
  }

  static boolean isNoSpace(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof IOException && message != null && isNoSpace(message)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNoSpace(String message) {
    return message.contains("No space left")
        || message.contains("Disk quota exceeded")
        || NO_SPACE_HERE != null && message.contains(NO_SPACE_HERE)
        || message.equals(SHARE_USED_UP);
  }
}
