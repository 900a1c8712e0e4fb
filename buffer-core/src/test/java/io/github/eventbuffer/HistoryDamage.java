package io.github.eventbuffer;

import io.github.eventbuffer.HistoryStep.Damage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Damages files of a buffer that is not open, and counts the events that lie where it did. */
final class HistoryDamage {
  private static final String BEGIN_OF_AN_EVENT = "event_id\\\":\\\"|event_id\":\"";

  private static final int PAGE_BYTES = 4 << 10;

  private HistoryDamage() {}

  /** Returns how many events the damage can have cost at most, or -1 if there was no such file. */
  static int inflict(Path directory, Damage damage) throws IOException {
    List<Path> files = files(directory, damage.target());
    if (files.isEmpty()) {
      return -1;
    }
    Path file = files.get(damage.file() % files.size());
    if (damage.harm() == HistoryStep.Harm.PAGES_SWAPPED) {
      return swap(file, files.get((damage.file() + damage.length()) % files.size()), damage);
    }
    byte[] bytes = Files.readAllBytes(file);
    int from = (int) ((long) bytes.length * damage.permille() / 1_000);
    int length = Math.min(damage.length(), bytes.length - from);
    int to =
        switch (damage.harm()) {
          case BIT_FLIPPED -> from + 1;
          case ZEROED, OVERWRITTEN -> from + length;
          case TRUNCATED, PAGES_SWAPPED -> bytes.length;
          case DELETED -> {
            from = 0;
            yield bytes.length;
          }
        };
    int events = begins(bytes, from, to) + 1;
    switch (damage.harm()) {
      case DELETED -> Files.delete(file);
      case TRUNCATED -> {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
          open.setLength(from);
        }
      }
      default -> {
        for (int i = from; i < to; i++) {
          bytes[i] =
              switch (damage.harm()) {
                case BIT_FLIPPED -> (byte) (bytes[i] ^ 1 << damage.length() % 8);
                case ZEROED -> 0;
                default -> (byte) (i * 0x9e3779b9 >>> 24);
              };
        }
        Files.write(file, bytes);
      }
    }
    return events;
  }

  /** Two writes went to each other's place. */
  private static int swap(Path one, Path other, Damage damage) throws IOException {
    byte[] first = Files.readAllBytes(one);
    byte[] second = one.equals(other) ? first : Files.readAllBytes(other);
    int from = page(first, damage.permille());
    int to = page(second, damage.length() % 1_000);
    if (from < 0 || to < 0) {
      return -1;
    }
    int events = begins(first, from, from + PAGE_BYTES) + begins(second, to, to + PAGE_BYTES) + 2;
    byte[] page = Arrays.copyOfRange(first, from, from + PAGE_BYTES);
    System.arraycopy(second, to, first, from, PAGE_BYTES);
    System.arraycopy(page, 0, second, to, PAGE_BYTES);
    Files.write(one, first);
    Files.write(other, second);
    return events;
  }

  /** Where a page begins that holds the begin of an event; -1 when there is none. */
  private static int page(byte[] bytes, int permille) {
    List<Integer> pages = new ArrayList<>();
    for (int at = 0; at + PAGE_BYTES <= bytes.length; at += PAGE_BYTES) {
      if (begins(bytes, at, at + PAGE_BYTES) > 0) {
        pages.add(at);
      }
    }
    return pages.isEmpty() ? -1 : pages.get(pages.size() * permille / 1_000);
  }

  private static List<Path> files(Path directory, HistoryStep.Target target) throws IOException {
    if (target == HistoryStep.Target.CHECKPOINT || target == HistoryStep.Target.METADATA) {
      Path file =
          directory.resolve(target == HistoryStep.Target.CHECKPOINT ? "checkpoint" : "buffer.json");
      return Files.exists(file) ? List.of(file) : List.of();
    }
    String below = target == HistoryStep.Target.QUEUE ? "queue" : "dead-letters";
    try (Stream<Path> all = Files.walk(directory.resolve(below))) {
      return all.filter(file -> file.toString().endsWith(".cq4") && file.toFile().length() > 0)
          .sorted()
          .toList();
    }
  }

  private static int begins(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    return text.split(BEGIN_OF_AN_EVENT, -1).length - 1;
  }
}
