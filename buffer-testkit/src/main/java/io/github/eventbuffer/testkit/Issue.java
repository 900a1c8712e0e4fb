package io.github.eventbuffer.testkit;

/** One thing wrong at one place of an event or of a request. */
record Issue(String path, String message) {

  /** The same issue, seen from what encloses it. */
  Issue within(String parent) {
    String separator = path.isEmpty() || path.startsWith("[") ? "" : ".";
    return new Issue(parent + separator + path, message);
  }
}
