package io.github.eventbuffer.torture;

import java.util.List;

/**
 * A program of the class path.
 *
 * @param mainClass its main class
 * @param flags of its JVM
 */
record Program(String mainClass, List<String> flags) {

  /** The ordinary writer. */
  static final Program WRITER = new Program(Writer.class.getName(), List.of());
}
