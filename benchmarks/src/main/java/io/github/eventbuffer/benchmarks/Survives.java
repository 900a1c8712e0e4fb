package io.github.eventbuffer.benchmarks;

/** What an event survives once it was taken, the worst that it survives. */
enum Survives {
  NOTHING("nothing"),
  PROCESS("process crash"),
  POWER("power loss");

  private final String text;

  Survives(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
