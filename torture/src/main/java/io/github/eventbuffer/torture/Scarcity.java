package io.github.eventbuffer.torture;

import io.github.eventbuffer.torture.Violation.Rule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens in a process that may have fewer and fewer descriptors, or threads, one less each time:
 * each open succeeds, or is refused in words and leaves nothing open or locked, so that the next
 * one, with enough of everything, succeeds in the same process. Not thread-safe.
 */
final class Scarcity {
  /** More than an open takes of either. */
  private static final int MOST = 10;

  private final Run run;
  private final Victim victim;
  private final Child child;
  private final BufferedReader out;
  private long refused;
  private long opened;

  Scarcity(Run run, Victim victim) throws IOException {
    this.run = run;
    this.victim = victim;
    child =
        run.own(
            new Child(
                List.of(),
                List.of(),
                ScarceProgram.class.getName(),
                victim.settings().arguments(),
                run.directory().resolve("scarce.err")));
    out = new BufferedReader(new InputStreamReader(child.output(), StandardCharsets.UTF_8));
  }

  void run() throws IOException, InterruptedException {
    plenty("at the start");
    descriptors();
    threads();
    run.end(child);
    run.figure("scarce_opens", opened);
    run.figure("scarce_refusals", refused);
  }

  private void descriptors() throws IOException, InterruptedException {
    for (int more = MOST; more >= 0; more--) {
      limit(highest() + 1 + more);
      String said = attempt("with " + more + " descriptors more");
      limit(4_096);
      nothingLeft(said, "with " + more + " descriptors more");
      plenty("after " + more + " descriptors more");
    }
  }

  private void threads() throws IOException, InterruptedException {
    ControlGroup group = ControlGroup.of("pids");
    if (group == null) {
      run.note("oom: skipped few threads: needs a control group with the pids controller");
      return;
    }
    run.own(group);
    group.take(child.pid());
    for (int more = 6; more >= 0; more--) {
      group.tasks(group.tasks() + more);
      String said = attempt("with " + more + " threads more");
      group.tasks(1_000);
      nothingLeft(said, "with " + more + " threads more");
      plenty("after " + more + " threads more");
    }
    run.end(group);
  }

  /** The files of the directory that it has open. */
  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc/" + child.pid() + "/fd"))) {
      for (Path one : all) {
        Path target = Files.readSymbolicLink(one);
        if (target.startsWith(victim.settings().directory())) {
          names.add(target.toString());
        }
      }
    }
    return names;
  }

  private long highest() throws IOException {
    long highest = 0;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc/" + child.pid() + "/fd"))) {
      for (Path one : all) {
        highest = Math.max(highest, Long.parseLong(one.getFileName().toString()));
      }
    }
    return highest;
  }

  private void limit(long descriptors) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "prlimit", "--pid", Long.toString(child.pid()), "--nofile=" + descriptors + ":4096");
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("did not work: " + command);
    }
  }

  private void plenty(String when) throws IOException {
    String said = attempt(when);
    if (!said.startsWith("opened")) {
      victim.oracle().violate(Rule.LEFTOVERS, "no open " + when + ": " + said);
    }
  }

  private String attempt(String when) throws IOException {
    long first = victim.take(ScarceProgram.EVENTS);
    victim.oracle().offered(first, ScarceProgram.EVENTS);
    child.say(Long.toString(first));
    String said = out.readLine();
    if (said == null) {
      throw new IOException("the process ended " + when);
    }
    if (said.contains("threw")) {
      victim.oracle().violate(Rule.LIVENESS, "open, append or close " + when + ": " + said);
    }
    if (said.startsWith("opened ")) {
      opened++;
      answers(first, said.substring("opened ".length()));
    } else {
      refused++;
    }
    return said;
  }

  private void nothingLeft(String said, String when) throws IOException {
    child.say(ScarceProgram.LEFT);
    String left = out.readLine();
    if (left == null || !left.startsWith("files=0 ") || !left.endsWith(" threads=0")) {
      victim
          .oracle()
          .violate(Rule.LEFTOVERS, "left open " + when + ": " + left + names() + ", " + said);
    }
  }

  private void answers(long first, String codes) {
    for (int i = 0; i < codes.length() && codes.charAt(i) != ' '; i++) {
      Answer answer = Answer.of((byte) codes.charAt(i));
      victim.oracle().answered(first + i, answer, Duration.ZERO);
    }
  }
}
