package io.github.eventbuffer.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** Sends signals through one shell that stays, because a process for each would take its time. */
final class Signals implements AutoCloseable {
  private final Process shell;
  private final Writer in;
  private final BufferedReader out;

  Signals() throws IOException {
    shell =
        new ProcessBuilder(
                "bash", "-c", "while read -r s p; do kill -s \"$s\" \"$p\"; echo $?; done")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    in = shell.outputWriter(StandardCharsets.US_ASCII);
    out = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Sends a signal, for example {@code STOP}, to one process. */
  synchronized void send(String signal, long pid) throws IOException {
    in.write(signal + " " + pid + "\n");
    in.flush();
    String code = out.readLine();
    if (!"0".equals(code)) {
      throw new IOException("kill -s " + signal + " " + pid + " gave " + code);
    }
  }

  @Override
  public void close() {
    shell.destroyForcibly();
  }
}
