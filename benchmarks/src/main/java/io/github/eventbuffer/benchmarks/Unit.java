package io.github.eventbuffer.benchmarks;

/** What a figure is counted in, and which way is better. */
enum Unit {
  NANOS("ns", true),
  MILLIS("ms", true),
  BYTES("B", true),
  PERCENT("% of a core", true),
  EVENTS_PER_SECOND("events/s", false);

  private final String symbol;
  private final boolean lessIsBetter;

  Unit(String symbol, boolean lessIsBetter) {
    this.symbol = symbol;
    this.lessIsBetter = lessIsBetter;
  }

  String symbol() {
    return symbol;
  }

  boolean lessIsBetter() {
    return lessIsBetter;
  }
}
