package io.github.eventbuffer.examples;

/** Says what an example takes. */
final class Usage {
  private Usage() {}

  /** Ends the JVM with status 2, and says why, unless there is an argument for each name. */
  static void require(String[] arguments, Class<?> example, String names) {
    if (arguments.length < names.split(" ", -1).length) {
      System.err.println("usage: " + example.getSimpleName() + " " + names);
      System.exit(2);
    }
  }
}
