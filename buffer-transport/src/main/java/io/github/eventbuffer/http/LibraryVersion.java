package io.github.eventbuffer.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that this library was built as. */
public final class LibraryVersion {
  private LibraryVersion() {}

  /** For example {@code 1.2.0}; {@code unknown} when the build left no trace of it. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = LibraryVersion.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      return "unknown";
    }
    return properties.getProperty("version", "unknown");
  }
}
