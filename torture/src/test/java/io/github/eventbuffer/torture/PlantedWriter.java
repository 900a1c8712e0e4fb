package io.github.eventbuffer.torture;

/** A {@link Writer} with a bug: the one named by the system property {@code planted}. */
final class PlantedWriter {
  private PlantedWriter() {}

  public static void main(String[] arguments) throws Exception {
    // First of all: a class that is loaded cannot be changed any more.
    PlantedFault.valueOf(System.getProperty("planted")).plant();
    Writer.main(arguments);
  }
}
