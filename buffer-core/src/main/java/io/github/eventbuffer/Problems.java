package io.github.eventbuffer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a builder was given and could not take. Builders run in a checkout and do not throw for bad
 * data; the problem travels with the built object and makes the event invalid. At most one problem
 * per field: giving the field again settles the earlier one.
 */
final class Problems {

  private @Nullable List<Violation> list;

  /** Replaces whatever was wrong with the field. */
  void set(String field, String rule, String given) {
    clear(field);
    add(new Violation(field, rule, given));
  }

  void add(Violation violation) {
    if (list == null) {
      list = new ArrayList<>();
    }
    list.add(violation);
  }

  void addAll(List<Violation> violations) {
    violations.forEach(this::add);
  }

  void clear(String field) {
    if (list != null) {
      list.removeIf(violation -> violation.field().equals(field));
    }
  }

  List<Violation> toList() {
    return list == null ? List.of() : List.copyOf(list);
  }
}
