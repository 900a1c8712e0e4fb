package io.github.eventbuffer.internal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells a full disk, or a share that is used up, from other failures; Java has no type for it. */
final class SpaceErrors {
  private static final String SHARE_USED_UP =
      "the queue's share of the disk (maxDiskBytes less the room for dead letters) is used up";

  private SpaceErrors() {}

  static IOException shareUsedUp() {
    return new IOException(SHARE_USED_UP);
  }

  static boolean isNoSpace(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof IOException
          && message != null
          && (message.contains("No space left")
              || message.contains("Disk quota exceeded")
              || message.equals(SHARE_USED_UP))) {
        return true;
      }
    }
    return false;
  }
}
