package io.github.eventbuffer.internal;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.DeadLetter;
import io.github.eventbuffer.DeadLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What people do with dead letters: look at them, send them again, drop them. Thread-safe. */
final class DeadLetterDesk implements DeadLetters {
  private static final int PAGE = 100;

  private final DeadLetterStore store;
  private final Appender appender;

  /** Appends an event again. */
  interface Appender {
    /**
     * Whatever the duplicate filter knows.
     *
     * @throws IllegalStateException if the buffer is closed
     */
    AppendResult appendAgain(byte[] event);

    /** Forces all that was appended to the device; returns whether it is there. */
    boolean force();

    /**
     * Does nothing.
     *
     * @throws IllegalStateException if the buffer is closed
     */
    void checkOpen();
  }

  DeadLetterDesk(DeadLetterStore store, Appender appender) {
    this.store = store;
    this.appender = appender;
  }

  @Override
  public long count() {
    return store.count();
  }

  @Override
  public long bytes() {
    return store.bytes();
  }

  @Override
  public List<DeadLetter> list(long after, int most) throws IOException {
    if (after < 0) {
      throw new IllegalArgumentException("after must be 0 or more, is " + after);
    }
    if (most < 1) {
      throw new IllegalArgumentException("most must be 1 or more, is " + most);
    }
    return store.list(after, most).stream().map(DeadLetterStore.Stored::letter).toList();
  }

  @Override
  public Replay replay(Predicate<? super DeadLetter> which, UnaryOperator<String> change)
      throws IOException {
    Objects.requireNonNull(which, "which");
    Objects.requireNonNull(change, "change");
    appender.checkOpen();
    Replaying replaying = new Replaying(change);
    Uninterruptibly.call(() -> forEachPage(which, replaying));
    return new Replay(replaying.replayed, replaying.kept, replaying.firstRefusal);
  }

  @Override
  public long drop(Predicate<? super DeadLetter> which) throws IOException {
    Objects.requireNonNull(which, "which");
    appender.checkOpen();
    return Uninterruptibly.call(
        () ->
            forEachPage(
                which,
                page -> {
                  store.take(page);
                  return true;
                }));
  }

  /** Takes the chosen ones of a page; returns whether it wants another. */
  private interface PageVisitor {
    boolean visit(List<DeadLetterStore.Stored> page) throws IOException;
  }

  /** Returns how many were chosen. */
  private long forEachPage(Predicate<? super DeadLetter> which, PageVisitor visitor)
      throws IOException {
    long last = store.lastNumber();
    long after = 0;
    long all = 0;
    boolean more = true;
    while (more && after < last) {
      List<DeadLetterStore.Stored> page = store.list(after, PAGE);
      List<DeadLetterStore.Stored> chosen = new ArrayList<>();
      for (DeadLetterStore.Stored one : page) {
        after = one.letter().number();
        if (after <= last && which.test(one.letter())) {
          chosen.add(one);
        }
      }
      more = page.size() == PAGE;
      if (!chosen.isEmpty()) {
        more &= visitor.visit(chosen);
        all += chosen.size();
      }
    }
    return all;
  }

  /** Appends, page by page. Used by one thread. */
  private final class Replaying implements PageVisitor {
    private final UnaryOperator<String> change;
    private long replayed;
    private long kept;
    private @Nullable AppendResult firstRefusal;

    Replaying(UnaryOperator<String> change) {
      this.change = change;
    }

    @Override
    public boolean visit(List<DeadLetterStore.Stored> page) throws IOException {
      List<DeadLetterStore.Stored> accepted = new ArrayList<>();
      boolean more = true;
      try {
        for (DeadLetterStore.Stored one : page) {
          AppendResult result = more ? append(one) : null;
          if (result != null && result.status() == AppendResult.Status.ACCEPTED) {
            accepted.add(one);
          } else {
            kept++;
            firstRefusal = firstRefusal == null ? result : firstRefusal;
            more &= result != null && result.status() == AppendResult.Status.INVALID;
          }
        }
      } finally {
        // Also when the caller's change threw: what was appended must not be appended again.
        more &= take(accepted);
      }
      return more;
    }

    /** A letter was forced to the device, so what comes in its place has to be there before. */
    private boolean take(List<DeadLetterStore.Stored> accepted) throws IOException {
      if (!accepted.isEmpty() && !appender.force()) {
        kept += accepted.size();
        firstRefusal = firstRefusal == null ? AppendResult.FAILED : firstRefusal;
        return false;
      }
      store.take(accepted);
      replayed += accepted.size();
      return true;
    }

    private AppendResult append(DeadLetterStore.Stored one) {
      String changed =
          Objects.requireNonNull(change.apply(one.letter().event()), "the changed event");
      return appender.appendAgain(changed.getBytes(StandardCharsets.UTF_8));
    }
  }
}
