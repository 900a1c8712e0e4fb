package io.github.eventbuffer.internal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells a full disk from other failures; Java has no type for it. */
final class SpaceErrors {
  private SpaceErrors() {}

  static boolean isNoSpace(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof IOException
          && message != null
          && (message.contains("No space left") || message.contains("Disk quota exceeded"))) {
        return true;
      }
    }
    return false;
  }
}
