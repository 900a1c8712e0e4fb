package io.github.eventbuffer.benchmarks;

import java.io.IOException;

/** A place that events are put into one by one: the buffer, the floor below it, a peer. */
interface EventStore extends AutoCloseable {
  /**
   * Makes the events of a burst, in the form in which this store takes them. Not timed.
   *
   * @param first number of the first one
   */
  void prepare(long first, int count) throws Exception;

  /** Puts one event of the burst into the store. Thread-safe where several threads are measured. */
  void append(int event) throws Exception;

  /**
   * How many of the events are not in the store, after the last burst, by its own account or by
   * reading it. Not timed.
   */
  long missing(long events) throws Exception;

  @Override
  void close() throws IOException;
}
