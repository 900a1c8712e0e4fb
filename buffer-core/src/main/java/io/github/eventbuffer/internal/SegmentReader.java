package io.github.eventbuffer.internal;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a queue in order, over all its segments, and trusts nothing that it reads.
 *
 * <p>A segment is a chain of Chronicle documents: a 4-byte header (bit 31 incomplete, bit 30
 * metadata, the rest the length), the document, padding to 4 bytes. Zero means "nothing yet",
 * incomplete + metadata means "end of the segment". Data documents hold one {@link Frame} each.
 *
 * <p>The chain is followed while it makes sense, and leads from each sequence to the next. Where it
 * does not (damage, or an append that a kill cut short), the reader looks for intact frames at
 * every 4-byte boundary of the segment and goes on with the least sequence, wherever it lies; so
 * damage costs the damaged entries and no more.
 *
 * <p>The segment that is being appended to is read up to the last sequence that the appender
 * published and never beyond: a frame up to there was complete before its sequence was published.
 * Reads go through {@link RandomAccessFile}, which an interrupt of the thread does not close.
 *
 * <p>Not thread-safe. Several readers may read one queue.
 */
final class SegmentReader implements Closeable {
  private static final int INCOMPLETE = 0x8000_0000;
  private static final int METADATA = 0x4000_0000;
  private static final int LENGTH = 0x3fff_ffff;
  private static final int END = INCOMPLETE | METADATA;
  private static final int WINDOW_BYTES = 64 << 10;

  /** Far more than an index of Chronicle's takes. */
  private static final int MOST_METADATA_BYTES = 1 << 20;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final SegmentList segments;
  private final EntryFormat format;
  private final BadSectors badSectors;
  private final CRC32C crc = new CRC32C();

  private @Nullable Segment segment;
  private @Nullable RandomAccessFile file;
  private long offset;
  private long nextOffset;

  private byte[] window = new byte[WINDOW_BYTES];
  private long windowStart;
  private int windowBytes;

  private int frame;
  private long lastSequence;

  /** Whether what comes next is what follows that sequence; else it may be any. */
  private boolean begun;

  private long resyncs;

  /** Where the entries of this segment lie; null as long as it is not damaged. */
  private @Nullable EntryIndex index;

  /** A reader that skips at once what the device fails to read. */
  SegmentReader(SegmentList segments) {
    this(segments, BadSectors.skippedAtOnce());
  }

  /** A reader at the start of the queue. */
  SegmentReader(SegmentList segments, BadSectors badSectors) {
    this.segments = segments;
    format = segments.format();
    this.badSectors = badSectors;
  }

  /** The next read begins at this entry, or at the first segment after it if that one is gone. */
  void moveTo(Position position) throws IOException {
    moveTo(position, 0);
    begun = false;
  }

  /** Goes there for what comes behind this sequence; in a queue of letters for all that comes. */
  void moveTo(Position position, long behind) throws IOException {
    Segment found = segments.atOrAfter(position.segment());
    enter(found);
    if (found != null && found.number() == position.segment()) {
      nextOffset = position.offset();
    }
    lastSequence = behind;
    begun = true;
  }

  /**
   * Reads the next intact entry whose sequence is not above {@code upTo}.
   *
   * @return false when there is none (yet)
   */
  boolean next(long upTo) throws IOException {
    while (nextFrame(upTo)) {
      if (Frame.kind(window, frame) == format.entry()) {
        return true;
      }
    }
    return false;
  }

  /** Like {@link #next}, marks included. */
  boolean nextFrame(long upTo) throws IOException {
    while (!hasRead(upTo)) {
      if (takeNext()) {
        return true;
      }
      if (segment == null) {
        Segment first = segments.first();
        if (first == null) {
          return false;
        }
        enter(first);
      }
      // Asked before the look into the file: a successor that exists now proves that this segment
      // was complete when we looked.
      Segment successor = segments.after(current().number());
      if (nextInSegment(successor, upTo)) {
        if (sequence() > upTo) {
          nextOffset = offset;
          return false;
        }
        boolean again = !isNew(sequence()) && !isMark();
        lastSequence = Math.max(lastSequence, sequence());
        begun = true;
        if (again) {
          // A page astray, copied over another one: its entries were read where they belong.
          continue;
        }
        return true;
      }
      if (successor == null) {
        return false;
      }
      // Else what could not be read at the end of a segment would be told of the last one only.
      resyncs += endsInDamage() ? 1 : 0;
      enter(successor);
    }
    return false;
  }

  /**
   * Takes the entry that the chain leads to, when it bears the very next sequence and lies in the
   * window, as nearly every entry does behind the first one. It is intact, so no second look into
   * the file can be needed, nor one at the segments behind it.
   */
  private boolean takeNext() {
    long at = nextOffset;
    if (!format.isOrdered() || lastSequence == 0 || !isInWindow(at, Integer.BYTES)) {
      return false;
    }
    int length = intAt(at);
    if (length <= 0
        || length > format.mostFrameBytes() + Integer.BYTES
        || !isInWindow(at, Integer.BYTES + length)
        || !intactAt(at + Integer.BYTES, length)
        || sequenceAt(at + Integer.BYTES) != lastSequence + 1
        || Frame.kind(window, (int) (at + Integer.BYTES - windowStart)) != format.entry()) {
      return false;
    }
    take(at, aligned(at + Integer.BYTES + frameBytes(at)));
    lastSequence++;
    return true;
  }

  private boolean hasRead(long sequence) {
    return format.isOrdered() && lastSequence >= sequence;
  }

  private boolean isNew(long sequence) {
    return !format.isOrdered() || sequence > lastSequence;
  }

  /** Whether entries may be missing between the last one and this one. */
  private boolean isBehindGap(long sequence) {
    return !format.isOrdered() || sequence > lastSequence + 1;
  }

  /** Whether pages of this segment lie in others, or theirs in it. */
  private boolean isDisordered() {
    return segments.isDisordered(current().number());
  }

  /**
   * Goes to the next entry behind the last one, wherever it lies in this segment, or in those that
   * it is mixed up with; unless it is above {@code most}: then it only moves the window.
   *
   * @param wanted up to where entries are known to be there, should the segment still grow
   */
  private boolean goToLeast(long most, long wanted) throws IOException {
    return goToLeast(most, wanted, true);
  }

  private boolean goToLeast(long most, long wanted, boolean again) throws IOException {
    EntryIndex known = index(wanted);
    for (Segment next = afterMixed();
        next != null && known.highest() >= next.firstSequence();
        next = afterMixed()) {
      // A page astray lies here or there: each may hold what comes before the other's.
      segments.disordered(current().number(), next.number());
      known = index(wanted);
    }
    EntryIndex.Run run = known.least(lastSequence);
    if (run == null || Math.max(run.first(), lastSequence + 1) > most) {
      return false;
    }
    if (run.segment() != current().number()) {
      Segment there = segments.atOrAfter(run.segment());
      if (there == null || there.number() != run.segment()) {
        return lookAnew(most, wanted, again);
      }
      enter(there);
      index = known;
    }
    long at = run.offset() + Integer.BYTES;
    int bytes = frameAt(at);
    while (bytes > 0 && !isNew(sequenceAt(at))) {
      at = aligned(at + bytes) + Integer.BYTES;
      bytes = frameAt(at);
    }
    if (bytes == 0) {
      return lookAnew(most, wanted, again);
    }
    take(at - Integer.BYTES, aligned(at + bytes));
    // Else many that only lost their headers would cost a walk from the run's begin each.
    known.goneOn(sequenceAt(at), offset);
    return true;
  }

  /** What was found a moment ago was removed, or damaged, since. */
  private boolean lookAnew(long most, long wanted, boolean again) throws IOException {
    index = null;
    if (!again) {
      throw readNoMore();
    }
    return goToLeast(most, wanted, false);
  }

  /** Length of the frame at a place where one was a moment ago; 0 when it is damaged by now. */
  private int frameAt(long at) throws IOException {
    return readable(at, Frame.OVERHEAD_BYTES) ? intactBytes(at) : 0;
  }

  /** The segment behind this one and those that it is mixed up with. */
  private @Nullable Segment afterMixed() {
    int last = current().number();
    if (isDisordered()) {
      for (Segment each : segments.disordered()) {
        last = Math.max(last, each.number());
      }
    }
    return segments.after(last);
  }

  /** Where the entries behind the last one lie, in this segment and those it is mixed up with. */
  private EntryIndex index(long wanted) throws IOException {
    Collection<Segment> disordered = segments.disordered();
    EntryIndex known = index;
    if (known == null || known.isOutdated(disordered, lastSequence, wanted)) {
      known = new EntryIndex(disordered, wanted);
      if (isDisordered()) {
        try (SegmentReader search = new SegmentReader(segments, badSectors)) {
          search.lastSequence = lastSequence;
          for (Segment each : disordered) {
            search.enter(each);
            search.addAll(known);
          }
        }
      } else {
        addAll(known);
      }
      known.sort();
      index = known;
    }
    return known;
  }

  /** Adds all entries of this segment behind the last one. Moves the window. */
  private void addAll(EntryIndex into) throws IOException {
    long at = intactFrom(Integer.BYTES);
    while (at >= 0) {
      long next = aligned(at + intactBytes(at));
      if (Frame.kind(window, (int) (at - windowStart)) == format.entry()
          && sequenceAt(at) <= segments.mostIn(current())) {
        into.add(sequenceAt(at), current().number(), at - Integer.BYTES, next);
      }
      at = intactFrom(next);
    }
  }

  private IOException readNoMore() {
    return new IOException("what was read a moment ago cannot be read: " + current().file());
  }

  /** Where the event that was read last begins. */
  Position position() {
    return new Position(current().number(), offset);
  }

  /** Where the next read begins. */
  Position nextPosition() {
    return segment == null ? Position.START : new Position(segment.number(), nextOffset);
  }

  /** The bytes in which the event that was read last lies; valid until the next read. */
  byte[] bytes() {
    return window;
  }

  /** Where its frame begins in {@link #bytes()}. */
  int frame() {
    return frame;
  }

  long sequence() {
    return Frame.sequence(window, frame);
  }

  /** Whether it is the mark that begins a run. */
  boolean isMark() {
    return Frame.kind(window, frame) == format.mark();
  }

  /**
   * How many places were passed that could not be read; to be asked when all was read. An append
   * that a kill cut short at the very end is none: its header says that it was never complete.
   */
  long unreadablePlaces() throws IOException {
    return resyncs + (endsInDamage() ? 1 : 0);
  }

  /** Whether something stands where the last entry ended, that was complete and cannot be read. */
  boolean endsInDamage() throws IOException {
    long at = nextOffset;
    while (segment != null) {
      if (!readable(at, Integer.BYTES)) {
        return isPartOfHeader(at);
      }
      int header = intAt(at);
      int length = header & LENGTH;
      boolean metadata = (header & END) == METADATA && length <= MOST_METADATA_BYTES;
      if (!metadata) {
        // What a kill cuts short has no length yet.
        return length != 0;
      }
      at = aligned(at + Integer.BYTES + length);
    }
    return false;
  }

  /** Whether a file was cut short within the four bytes of a header: one that said something. */
  private boolean isPartOfHeader(long from) throws IOException {
    for (long at = from; readable(at, 1); at++) {
      if (window[(int) (at - windowStart)] != 0) {
        return true;
      }
    }
    return false;
  }

  private boolean nextInSegment(@Nullable Segment successor, long upTo) throws IOException {
    boolean fresh = false;
    // All before this place was read; what lies between it and the next entry is only believed.
    long known = nextOffset;
    while (true) {
      int header = readable(nextOffset, Integer.BYTES) ? intAt(nextOffset) : 0;
      int length = header & LENGTH;
      if (header == END && fresh) {
        // Without a successor nothing says that this is the true end; the rest is small, if it is.
        boolean missing = successor == null || isBehindGap(successor.firstSequence());
        return missing && resync(known, upTo, successor);
      }
      if ((header & INCOMPLETE) == 0 && length > 0) {
        long next = aligned(nextOffset + Integer.BYTES + length);
        if ((header & METADATA) != 0 && readable(next - 1, 1)) {
          nextOffset = next;
          fresh = false;
          continue;
        }
        if ((header & METADATA) == 0
            && length <= format.mostFrameBytes() + Integer.BYTES
            && readable(nextOffset, Integer.BYTES + length)
            && intactAt(nextOffset + Integer.BYTES, length)) {
          // By the frame's own length: the header's has no checksum, and may cover the next entry.
          int taken = Integer.BYTES + frameBytes(nextOffset);
          take(nextOffset, aligned(nextOffset + taken));
          return !isBehindGap(sequence() + (isMark() ? 1 : 0))
              || followGap(known, taken, upTo, successor);
        }
      }
      if (fresh) {
        return resync(known, upTo, successor);
      }
      // What looks wrong may be a copy from before the entry was complete: look again, once.
      fill(nextOffset, Integer.BYTES);
      fresh = true;
    }
  }

  /**
   * Behind a gap, what the chain leads to need not be what comes next: metadata of a length that
   * damage made up may hide entries before it, or its page be astray, since entries may be of one
   * size, and pages of a segment begin alike. Takes what comes next.
   *
   * @param known up to here all was read
   * @param bytes of what was taken
   */
  private boolean followGap(long known, int bytes, long upTo, @Nullable Segment successor)
      throws IOException {
    long taken = offset;
    long sequence = sequence();
    boolean mark = isMark();
    long first = taken == known ? taken : intactFrom(Math.max(known, Integer.BYTES));
    boolean hidden = first >= 0 && first < taken;
    if (!format.isOrdered() && hidden) {
      return resync(known, upTo, successor);
    }
    // Before it began, nothing is known to be missing.
    if (format.isOrdered() && (begun || hidden || isDisordered())) {
      if (goToLeast(Math.min(upTo, sequence - (mark ? 0 : 1)), upTo)) {
        resyncs++;
        return true;
      }
      if (!mark && successor != null && sequence >= successor.firstSequence()) {
        return resync(known, upTo, successor);
      }
    }
    takeAgain(taken, bytes);
    return true;
  }

  private void takeAgain(long at, int bytes) throws IOException {
    if (!readable(at, bytes)) {
      throw readNoMore();
    }
    take(at, aligned(at + bytes));
  }

  /**
   * Looks for what comes next, because the chain makes no sense behind a place up to which all was
   * read. The place is remembered, not left, when nothing is found: the live segment may grow
   * there.
   */
  private boolean resync(long from, long upTo, @Nullable Segment successor) throws IOException {
    nextOffset = from;
    if (hasRead(upTo)) {
      return false;
    }
    if (!format.isOrdered()) {
      long at = intactFrom(Math.max(from, Integer.BYTES));
      if (at >= 0) {
        resyncs++;
        take(at - Integer.BYTES, aligned(at + intactBytes(at)));
      }
      return at >= 0;
    }
    // Where nothing says that more is there, a look at the rest has to do.
    boolean missing =
        successor == null ? upTo < Long.MAX_VALUE : begun && isBehindGap(successor.firstSequence());
    if (index == null && !missing && intactFrom(Math.max(from, Integer.BYTES)) < 0) {
      return false;
    }
    boolean found = goToLeast(upTo, upTo);
    resyncs += found ? 1 : 0;
    return found;
  }

  /** Where the next intact frame begins that was not read before; -1 when there is none. */
  private long intactFrom(long from) throws IOException {
    for (long at = from; readable(at, Frame.OVERHEAD_BYTES); at += 4) {
      if (intactBytes(at) > 0 && isNew(sequenceAt(at))) {
        return at;
      }
    }
    return -1;
  }

  /** Length of the intact frame that begins at a place that is readable; 0 when there is none. */
  private int intactBytes(long at) throws IOException {
    if (!format.isHeader(intAt(at))) {
      return 0;
    }
    int available = (int) Math.min(format.mostFrameBytes(), current().bytes() - at);
    int wanted = Math.max(0, Frame.payloadBytes(window, (int) (at - windowStart)));
    int length = (int) Math.min(available, (long) wanted + Frame.OVERHEAD_BYTES);
    return readable(at, length) && intactAt(at, length) ? length : 0;
  }

  /** Of an intact frame behind the header at this place. */
  private int frameBytes(long at) {
    int begin = (int) (at + Integer.BYTES - windowStart);
    return Frame.payloadBytes(window, begin) + Frame.OVERHEAD_BYTES;
  }

  /** Of an intact frame in the window. */
  private long sequenceAt(long at) {
    return Frame.sequence(window, (int) (at - windowStart));
  }

  private void take(long at, long next) {
    offset = at;
    nextOffset = next;
    frame = (int) (at + Integer.BYTES - windowStart);
  }

  private boolean intactAt(long at, int available) {
    return available >= Frame.OVERHEAD_BYTES
        && format.isHeader(intAt(at))
        && Frame.isIntact(crc, window, (int) (at - windowStart), available)
        && belongs((int) (at - windowStart));
  }

  private boolean belongs(int begin) {
    return format.belongs(
        Frame.kind(window, begin), Frame.idHash(window, begin), current().number());
  }

  private int intAt(long at) {
    return (int) INT.get(window, (int) (at - windowStart));
  }

  /** Brings {@code bytes} at {@code at} into the window; false where the file ends before. */
  private boolean readable(long at, int bytes) throws IOException {
    return isInWindow(at, bytes) || fill(at, bytes);
  }

  private boolean isInWindow(long at, int bytes) {
    return at >= windowStart && at + bytes <= windowStart + windowBytes;
  }

  private boolean fill(long at, int bytes) throws IOException {
    RandomAccessFile in = file;
    if (in == null) {
      return false;
    }
    if (bytes > window.length) {
      // A length that damage made up must not cost the memory that it names.
      if (at + bytes > in.length()) {
        return false;
      }
      window = new byte[Math.max(bytes, 2 * window.length)];
    }
    windowStart = at;
    windowBytes = 0;
    while (windowBytes < window.length) {
      int read = read(in, bytes);
      if (read <= 0) {
        break;
      }
      windowBytes += read;
    }
    return windowBytes >= bytes;
  }

  /** Reads on into the window; zeros where the device fails for good. */
  private int read(RandomAccessFile in, int needed) throws IOException {
    long at = windowStart + windowBytes;
    int wanted = window.length - windowBytes;
    try {
      in.seek(at);
      return in.read(window, windowBytes, wanted);
    } catch (IOException e) {
      // Perhaps for a page behind the one that is needed.
      wanted = (int) Math.min(wanted, BadSectors.PAGE_BYTES - at % BadSectors.PAGE_BYTES);
    }
    try {
      in.seek(at);
      return in.read(window, windowBytes, wanted);
    } catch (IOException e) {
      if (windowBytes >= needed) {
        return 0;
      }
      if (!badSectors.giveUp(current().file(), at)) {
        throw e;
      }
      int zeros = (int) Math.max(0, Math.min(wanted, in.length() - at));
      Arrays.fill(window, windowBytes, windowBytes + zeros, (byte) 0);
      return zeros;
    }
  }

  /**
   * Goes to the start of a segment, or stays where it is when the file cannot be opened now: to
   * move on without it would pass over every event in there.
   */
  private void enter(@Nullable Segment next) throws IOException {
    RandomAccessFile opened = next == null ? null : open(next.file());
    close();
    file = opened;
    segment = next;
    offset = 0;
    nextOffset = 0;
    windowStart = 0;
    windowBytes = 0;
    index = null;
  }

  /** Null for a file that somebody deleted: what was in it is damaged, and the rest goes on. */
  private static @Nullable RandomAccessFile open(Path file) throws IOException {
    try {
      return new RandomAccessFile(file.toFile(), "r");
    } catch (FileNotFoundException e) {
      // Thrown for lack of descriptors or permission, too.
      Path run = file.getParent();
      if (run != null && Files.isDirectory(run) && Files.notExists(file)) {
        return null;
      }
      throw e;
    }
  }

  private Segment current() {
    Segment now = segment;
    if (now == null) {
      throw new IllegalStateException("nothing read yet");
    }
    return now;
  }

  private static long aligned(long offset) {
    return offset + 3 & ~3L;
  }

  @Override
  public void close() throws IOException {
    RandomAccessFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}
