package io.github.eventbuffer.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the position of an event in the paths that validators write. */
public final class EventPath {
  /** No event of the batch. */
  public static final int NONE = -1;

  private static final Pattern POSITION =
      Pattern.compile("(?:^|[./$#])events(?:\\[(\\d{1,9})]|[./](\\d{1,9}))(?=$|[./\\[])");

  private EventPath() {}

  /** From {@code events[3].value}, {@code events.3.value} or {@code /events/3/value}. */
  public static int position(String path, int count) {
    Matcher matcher = POSITION.matcher(path);
    if (!matcher.find()) {
      return NONE;
    }
    return inBatch(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), count);
  }

  /** From {@code ["events", 3, "value"]}, with the numbers as text. */
  public static int position(List<String> segments, int count) {
    int events = segments.indexOf("events");
    if (events < 0 || events + 1 >= segments.size()) {
      return NONE;
    }
    String position = segments.get(events + 1);
    return position.matches("\\d{1,9}") ? inBatch(position, count) : NONE;
  }

  private static int inBatch(String digits, int count) {
    int position = Integer.parseInt(digits);
    return position < count ? position : NONE;
  }
}
