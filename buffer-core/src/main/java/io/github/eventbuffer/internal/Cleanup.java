package io.github.eventbuffer.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Closes parts in the reverse order of their opening, each whatever the others throw. */
final class Cleanup {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /** Closes all; what they throw is suppressed into {@code first}, or the first of it returned. */
  @Nullable Throwable closeAll(@Nullable Throwable first) {
    Throwable thrown = first;
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Throwable e) {
        if (thrown == null) {
          thrown = e;
        } else {
          thrown.addSuppressed(e);
        }
      }
    }
    parts.clear();
    return thrown;
  }
}
