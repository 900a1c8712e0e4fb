package io.github.eventbuffer;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The events that the endpoint refused for good, or that became too old; kept on disk until they
 * are replayed, dropped, or give way to newer ones. Thread-safe. All methods but the first two read
 * the disk and block for that.
 */
public interface DeadLetters {

  /** How many there are. */
  long count();

  /** What they take on disk, unused parts of files included. */
  long bytes();

  /**
   * Reads the oldest ones.
   *
   * @param most how many at most; 1 or more
   * @throws IOException if the disk fails
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  default List<DeadLetter> list(int most) throws IOException {
    return list(0, most);
  }

  /**
   * Reads those behind a dead letter, oldest first: to go through many of them page by page.
   *
   * @param after the {@link DeadLetter#number()} of the last one of the page before; 0 for the
   *     first page
   * @param most how many at most; 1 or more
   * @throws IOException if the disk fails
   * @throws IllegalArgumentException if {@code after} is below 0 or {@code most} below 1
   */
  List<DeadLetter> list(long after, int most) throws IOException;

  /**
   * Appends events again, as they are, after what was wrong was put right at the endpoint. As
   * {@link #replay(Predicate, UnaryOperator)}.
   */
  default Replay replay(Predicate<? super DeadLetter> which) throws IOException {
    return replay(which, event -> event);
  }

  /**
   * Appends events again, changed, and takes their dead letters away. They are accepted anew: they
   * count as such, and are delivered behind what is pending. The duplicate window does not stop
   * them. An event that a new attempt refuses is a new dead letter. After a kill in the middle, an
   * event may be appended and its dead letter still be there: a second replay sends it twice, and
   * the endpoint knows it by its id.
   *
   * <p>Page by page, the events are forced to the device, whatever the buffer's durability, before
   * their dead letters are taken away: those were safe from a loss of power. Where that fails, or
   * takes longer than {@code appendTimeout}, the page is kept, and {@code FAILED} is the refusal;
   * its events may be delivered all the same.
   *
   * <p>Stops at the first event that finds no room ({@code FULL}, {@code FAILED}); keeps those that
   * the change left {@code INVALID}. Dead letters that come while it runs are not looked at.
   *
   * @param which for example {@code letter -> letter.code().equals("CURRENCY_MISMATCH")}
   * @param change the event's JSON before and after; not null
   * @throws IOException if the disk fails, or, for a moment, while the letters go over to larger
   *     segments (try again); events that were appended until then stay appended
   * @throws IllegalStateException if the buffer is closed
   */
  Replay replay(Predicate<? super DeadLetter> which, UnaryOperator<String> change)
      throws IOException;

  /**
   * Gives dead letters up for good. Their space is free once all in front of them in the same file,
   * and in older files, are gone.
   *
   * @return how many were dropped
   * @throws IOException if the disk fails, or, for a moment, while the letters go over to larger
   *     segments (try again)
   * @throws IllegalStateException if the buffer is closed
   */
  long drop(Predicate<? super DeadLetter> which) throws IOException;

  /**
   * What came of a replay.
   *
   * @param replayed how many events were accepted again
   * @param kept how many of those asked for are still dead letters
   * @param firstRefusal what append said to the first of those, or null if all were accepted
   */
  record Replay(long replayed, long kept, @Nullable AppendResult firstRefusal) {}
}
