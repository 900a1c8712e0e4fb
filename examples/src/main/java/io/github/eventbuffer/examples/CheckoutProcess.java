package io.github.eventbuffer.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A {@link CheckoutService} in a JVM of its own, as its parent sees it: a process to kill and a
 * pipe to listen to. The service ends by itself when this JVM does.
 */
final class CheckoutProcess {

  private final Process process;
  private final Receipts receipts;
  private final Set<String> deadLetters = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Long> open = new CompletableFuture<>();
  private final Thread listener = new Thread(this::listen, "checkout-listener");
  private volatile long pendingAtClose = -1;

  private CheckoutProcess(Process process, Receipts receipts) {
    this.process = process;
    this.receipts = receipts;
    listener.setDaemon(true);
  }

  /**
   * Starts the service; returns at once.
   *
   * @param first the event to begin with
   */
  static CheckoutProcess start(
      Path directory,
      URI endpoint,
      String apiKey,
      int first,
      int end,
      int perSecond,
      Receipts receipts)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(
            CheckoutService.class.getName(),
            directory.toString(),
            endpoint.toString(),
            Integer.toString(first),
            Integer.toString(end),
            Integer.toString(perSecond)));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SCOPE3_API_KEY", apiKey);
    CheckoutProcess started = new CheckoutProcess(builder.start(), receipts);
    started.listener.start();
    return started;
  }

  private static List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    // No file for jps in the system's temporary folder: kill -9 would leave it behind.
    options.add("-XX:-UsePerfData");
    options.add("-Xmx256m");
    // The endpoint fails on purpose: the library would say so in a line per cause and minute.
    options.add("-Dorg.slf4j.simpleLogger.log.io.github.eventbuffer=error");
    if (Runtime.version().feature() >= 23) {
      // Chronicle Queue maps its files with sun.misc.Unsafe, of which newer JVMs warn at each
      // start.
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return options;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hear(line.split(" "));
      }
    } catch (IOException e) {
      // The pipe broke: whatever was in it and did not get here was not promised.
    }
  }

  private void hear(String[] words) {
    switch (words[0]) {
      case "open" -> open.complete(Long.valueOf(words[1]));
      case "kept" ->
          receipts.keep(
              Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "dead" -> deadLetters.add(words[1] + " " + words[2]);
      case "closed" -> pendingAtClose = Long.parseLong(words[1]);
      default -> System.err.println("checkout service: " + String.join(" ", words));
    }
  }

  /** Tells, on another thread, how many events an earlier run had left in the buffer it opened. */
  void whenOpen(Consumer<Long> pending) {
    open.thenAccept(pending);
  }

  /** SIGKILL on Unix; does not wait. */
  void kill() {
    process.destroyForcibly();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end, and until everything that it said has been heard. */
  int awaitEnd() throws InterruptedException {
    int code = process.waitFor();
    listener.join();
    return code;
  }

  /** What its buffer still held when it closed; -1 when it did not say. */
  long pendingAtClose() {
    return pendingAtClose;
  }

  /** Type and id of each dead letter; known after its end. */
  Set<String> deadLetters() {
    return deadLetters;
  }
}
