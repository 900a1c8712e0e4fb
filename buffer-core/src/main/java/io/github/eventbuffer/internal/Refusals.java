package io.github.eventbuffer.internal;

import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.FileNotFoundException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Why a buffer is not opened, in words that say what to do. */
final class Refusals {
  private Refusals() {}

  /** Turns what the disk threw into a reason, and into what is to be done about it. */
  static EventBufferException of(Path path, Throwable thrown) {
    if (SpaceErrors.isNoSpace(thrown)) {
      return of(
          Reason.NO_SPACE,
          path,
          "cannot be opened: the disk is full; free some space, two segments at least ("
              + thrown
              + ")",
          thrown);
    }
    if (isDenied(thrown)) {
      return notWritable(path, thrown);
    }
    return of(Reason.IO, path, "cannot be opened: " + thrown, thrown);
  }

  /** {@link RandomAccessFile} has no exception of its own for it. */
  private static boolean isDenied(Throwable thrown) {
    String message = thrown.getMessage();
    return thrown instanceof AccessDeniedException
        || thrown instanceof FileNotFoundException
            && message != null
            && message.contains("Permission denied");
  }

  static EventBufferException notWritable(Path path, @Nullable Throwable cause) {
    return of(
        Reason.NOT_WRITABLE,
        path,
        "may not be made or written by this user; make it once as root:"
            + " install -d -o USER -m 700 "
            + path
            + ", or, if it is there, give the user all of it: chown -R USER "
            + path
            + (cause == null ? "" : " (" + cause + ")"),
        cause);
  }

  static EventBufferException of(Reason reason, Path path, String what, @Nullable Throwable cause) {
    return new EventBufferException(reason, path + " " + what, cause);
  }
}
