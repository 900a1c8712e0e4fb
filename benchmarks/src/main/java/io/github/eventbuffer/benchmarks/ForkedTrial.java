package io.github.eventbuffer.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;

/** The main class of a forked JVM: runs one trial and writes its report as the last line. */
final class ForkedTrial {
  /** What the line with the report starts with; libraries write to the output, too. */
  static final String MARK = "report: ";

  private ForkedTrial() {}

  public static void main(String[] arguments) throws Exception {
    Setting setting = new Setting(Boolean.parseBoolean(arguments[1]), URI.create(arguments[2]));
    Report report = Trials.named(arguments[0]).run(setting);
    System.out.println(MARK + new ObjectMapper().writeValueAsString(report));
    System.out.flush();
    // Threads of a peer that are no daemons shall not hold the run up.
    System.exit(0);
  }
}
