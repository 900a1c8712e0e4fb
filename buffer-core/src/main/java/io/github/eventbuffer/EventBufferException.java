package io.github.eventbuffer;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by {@link EventBuffer.Builder#open()}, and by nothing else, when a buffer cannot be
 * opened.
 */
public final class EventBufferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a buffer cannot be opened. */
  public enum Reason {
    /** The JVM keeps closed what Chronicle Queue needs; the message spells out the flags. */
    MODULES_CLOSED,
    /** The directory is in use by this or another process; the message names its pid. */
    LOCKED,
    /**
     * The path exists and is no directory, or is a symbolic link, or holds one; or something that
     * is no file is where a file of the buffer should be.
     */
    NOT_A_DIRECTORY,
    /** The directory holds other things and no buffer; nothing in it was touched. */
    NOT_A_BUFFER,
    /** The directory, or something in it, cannot be read or written. */
    NOT_WRITABLE,
    /** The directory belongs to another user. */
    WRONG_OWNER,
    /** The directory is on a network file system, where memory-mapped files are not safe. */
    NETWORK_FILE_SYSTEM,
    /** The directory holds the events of another destination. */
    OTHER_DESTINATION,
    /** The directory was written by a newer version of this library. */
    NEWER_FORMAT,
    /** The disk cannot hold the first segment. */
    NO_SPACE,
    /** The disk failed; the cause tells how. */
    IO
  }

  private final Reason reason;

  /** Used by the library; the reason begins the message. */
  public EventBufferException(Reason reason, String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(reason, "reason") + ": " + message, cause);
    this.reason = reason;
  }

  /** Why the buffer cannot be opened. */
  public Reason reason() {
    return reason;
  }
}
