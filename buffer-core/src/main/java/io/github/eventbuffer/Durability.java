package io.github.eventbuffer;

/** What an accepted event survives. */
public enum Durability {
  /**
   * The end of the process: kill -9, out of memory, a crash of the JVM. The event is in the page
   * cache of the operating system when append returns. The default.
   */
  PROCESS,
  /**
   * The loss of power, too: append returns after the segment was forced to the device, by a force
   * shared with all appends that wait at that moment. The device must honour a flush. If it takes
   * longer than {@code appendTimeout}, append answers {@code FAILED}; the event may be delivered
   * all the same.
   */
  POWER
}
