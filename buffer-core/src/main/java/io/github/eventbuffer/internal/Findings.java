package io.github.eventbuffer.internal;

import io.github.eventbuffer.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the violations of one event, the first {@value #MAX} of them. Costs nothing to speak of
 * as long as there are none. Used again and again; not thread-safe.
 */
final class Findings {

  /** More would tell nobody anything, and a large event could break a rule very often. */
  static final int MAX = 100;

  private @Nullable List<Violation> list;
  private String array = "";
  private int index;
  private int traits;

  /** Begins anew, with these. */
  void begin(List<Violation> first) {
    list = null;
    traits = 0;
    array = "";
    // Not forEach: for the list that is empty as a rule it would make two objects.
    for (int i = 0; i < first.size(); i++) {
      add(first.get(i));
    }
  }

  /** The fields that follow belong to this element of an array; until {@link #leaveArray}. */
  void enterArray(String path, int position) {
    array = path;
    index = position;
  }

  void leaveArray() {
    array = "";
  }

  /** A text of the event has these {@link Text} traits. */
  void saw(int traitsOfText) {
    traits |= traitsOfText;
  }

  /**
   * Whether every text of the event is ASCII without anything that JSON escapes. Of an event that
   * is valid: in it, what is not a free text is plain by its rule.
   */
  boolean isPlain() {
    return (traits & (Text.ESCAPED | Text.NON_ASCII)) == 0;
  }

  boolean isEmpty() {
    return list == null;
  }

  void add(String field, String rule, String given) {
    add(new Violation(path(field), rule, given));
  }

  /** A required field is missing; not said again when it was given but could not be taken. */
  void addMissing(String field, String rule) {
    String path = path(field);
    if (list == null || list.stream().noneMatch(found -> found.field().equals(path))) {
      add(new Violation(path, rule, "nothing"));
    }
  }

  private void add(Violation violation) {
    if (list == null) {
      list = new ArrayList<>();
    }
    if (list.size() < MAX) {
      list.add(violation);
    }
  }

  private String path(String field) {
    if (array.isEmpty()) {
      return field;
    }
    return array + "[" + index + "]" + (field.isEmpty() ? "" : "." + field);
  }

  List<Violation> toList() {
    return list == null ? List.of() : List.copyOf(list);
  }
}
