package io.github.eventbuffer.internal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Says what the failure of a write to a full device is taken for, and in which words it came. */
public final class FullDeviceProgram {
  private FullDeviceProgram() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    try (OutputStream full = new FileOutputStream("/dev/full")) {
      full.write(0);
    } catch (IOException e) {
      System.out.println(SpaceErrors.isNoSpace(new IOException("while: " + e.getMessage())));
      System.out.println(e.getMessage());
    }
  }
}
