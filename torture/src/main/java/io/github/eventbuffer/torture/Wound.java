package io.github.eventbuffer.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** What was done to the files of a copy, and which bytes of them it hit. Not thread-safe. */
final class Wound {
  private final Path directory;
  private final List<Hit> hits = new ArrayList<>();

  /**
   * Bytes that are other ones now, or gone.
   *
   * @param how in a word
   */
  private record Hit(String how, Path file, long from, long to) {
    boolean overlaps(EntryExtent entry) {
      return entry.file().equals(file) && entry.from() < to && from < entry.to();
    }
  }

  /** Of a copy that is still whole. */
  Wound(Path directory) {
    this.directory = directory;
  }

  /** Puts other bytes into a file; what stays the same is not hit. */
  void write(String how, Path file, long at, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] before = new byte[bytes.length];
      open.seek(at);
      open.readFully(before);
      open.seek(at);
      open.write(bytes);
      int first = Arrays.mismatch(before, bytes);
      if (first >= 0) {
        int last = bytes.length - 1;
        while (before[last] == bytes[last]) {
          last--;
        }
        hit(how, file, at + first, at + last + 1);
      }
    }
  }

  /** Cuts a file off. */
  void truncate(Path file, long length) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      long before = open.length();
      open.setLength(length);
      hit("truncated", file, length, before);
    }
  }

  private void hit(String how, Path file, long from, long to) {
    hits.add(new Hit(how, directory.relativize(file), from, to));
  }

  /** The entries of which a byte was hit. */
  List<EntryExtent> entries(Stock stock) {
    return stock.entries().stream()
        .filter(entry -> hits.stream().anyMatch(hit -> hit.overlaps(entry)))
        .toList();
  }

  /** Their events: those of letters, or the others. */
  BitSet touched(Stock stock, boolean letters) {
    BitSet touched = new BitSet();
    for (EntryExtent entry : entries(stock)) {
      if (entry.letter() == letters) {
        touched.set(entry.number());
      }
    }
    return touched;
  }

  /**
   * Of which entries nothing is to be seen any more where they began, as if never written.
   *
   * @param events those of the queue
   * @param letters dead letters
   */
  record Blank(BitSet events, BitSet letters) {}

  /** To be asked before a buffer is opened, which tidies up. */
  Blank blank(Stock stock) throws IOException {
    Blank blank = new Blank(new BitSet(), new BitSet());
    for (EntryExtent entry : entries(stock)) {
      if (isBlankAt(entry)) {
        (entry.letter() ? blank.letters : blank.events).set(entry.number());
      }
    }
    return blank;
  }

  private boolean isBlankAt(EntryExtent entry) throws IOException {
    Path file = directory.resolve(entry.file());
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      open.seek(entry.from());
      for (int i = 0; i < Integer.BYTES; i++) {
        if (open.read() > 0) {
          return false;
        }
      }
      return true;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Hit hit : hits) {
      text.append(hit.how).append(' ').append(hit.file).append(' ');
      text.append(hit.from).append('-').append(hit.to).append("; ");
    }
    return text.toString();
  }
}
