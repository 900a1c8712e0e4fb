package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds where each event lies in the files of a directory, by looking for its text. What stands
 * around it is taken from the documented layout alone: 4 + 36 bytes before an event, 12 behind it.
 */
final class Survey {
  private static final int BEFORE = 40;
  private static final int BEHIND = 12;
  private static final byte[] EVENT = bytes("{\"event_id\":\"t");
  private static final byte[] LETTER = bytes("{\"code\":");
  private static final byte[] LETTER_EVENT = bytes("\"event\":\"");
  private static final byte[] LETTER_ID = bytes("\\\"event_id\\\":\\\"t");

  private final Path directory;
  private final Payload payload;
  private final List<EntryExtent> found = new ArrayList<>();

  private Survey(Path directory, Payload payload) {
    this.directory = directory;
    this.payload = payload;
  }

  /** All entries in the queue's segments and in the dead letters. */
  static List<EntryExtent> of(Path directory, Payload payload) throws IOException {
    Survey survey = new Survey(directory, payload);
    survey.files("queue", false);
    survey.files("dead-letters", true);
    return survey.found;
  }

  private void files(String below, boolean letters) throws IOException {
    List<Path> segments;
    try (Stream<Path> walk = Files.walk(directory.resolve(below))) {
      segments = walk.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
    for (Path segment : segments) {
      byte[] bytes = Files.readAllBytes(segment);
      Path name = directory.relativize(segment);
      for (int at = 0; at < bytes.length; at++) {
        if (letters && matches(bytes, at, LETTER)) {
          letter(name, bytes, at);
        } else if (!letters && matches(bytes, at, EVENT)) {
          event(name, bytes, at);
        }
      }
    }
  }

  private void event(Path file, byte[] bytes, int at) {
    int number = number(bytes, at + EVENT.length);
    byte[] json = payload.json(number);
    if (matches(bytes, at, json)) {
      add(file, at, at + json.length, number, false);
    }
  }

  private void letter(Path file, byte[] bytes, int at) {
    int event = indexOf(bytes, LETTER_EVENT, at);
    int id = indexOf(bytes, LETTER_ID, at);
    if (event < 0 || id < 0) {
      return;
    }
    int end = event + LETTER_EVENT.length;
    while (bytes[end] != '"') {
      end += bytes[end] == '\\' ? 2 : 1;
    }
    // The quote and the brace that ends the letter.
    add(file, at, end + 2, number(bytes, id + LETTER_ID.length), true);
  }

  private void add(Path file, int from, int to, int number, boolean letter) {
    found.add(new EntryExtent(file, from - BEFORE, to + BEHIND, number, letter));
  }

  private static int number(byte[] bytes, int at) {
    int number = 0;
    for (int i = at; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      number = 10 * number + bytes[i] - '0';
    }
    return number;
  }

  private static int indexOf(byte[] bytes, byte[] wanted, int from) {
    for (int at = from; at < bytes.length; at++) {
      if (matches(bytes, at, wanted)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean matches(byte[] bytes, int at, byte[] wanted) {
    return bytes[at] == wanted[0]
        && at + wanted.length <= bytes.length
        && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
