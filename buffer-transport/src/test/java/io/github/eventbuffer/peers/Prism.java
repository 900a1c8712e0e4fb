package io.github.eventbuffer.peers;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prism, a contract checker that shares no code with this project: it answers requests out of an
 * OpenAPI document, and says what they violate. On 127.0.0.1, a port of the system's choice.
 */
final class Prism implements AutoCloseable {
  private static final long MOST_SECONDS = 60;
  private static final Pattern LISTENING =
      Pattern.compile("Prism is listening on (http://127\\.0\\.0\\.1:\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What Prism says of a request.
   *
   * @param status 200, or 422 and the like
   * @param violations each as {@code keyword at/place: message}; empty if there is none
   */
  record Verdict(int status, List<String> violations) {
    boolean isAccepted() {
      return status == 200 && violations.isEmpty();
    }
  }

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final Thread atExit;
  private final URI url;

  private Prism(Process process, Thread atExit, URI url) {
    this.process = process;
    this.atExit = atExit;
    this.url = url;
  }

  /** Starts it with a document among the resources, and waits until it listens. */
  static Prism start(String document) throws IOException, InterruptedException {
    NodePackages.copy(NodePackages.DIRECTORY, document);
    Path log = NodePackages.DIRECTORY.resolve("prism.log");
    Process process =
        new ProcessBuilder(
                "node",
                "node_modules/@stoplight/prism-cli/dist/index.js",
                "mock",
                "--errors",
                "--host=127.0.0.1",
                "--port=0",
                "--multiprocess=false",
                document)
            .directory(NodePackages.DIRECTORY.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Thread atExit = new Thread(() -> NodePackages.end(process), "prism-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    long start = System.nanoTime();
    // While it runs, this is a wait of 20 ms.
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
      Matcher line = LISTENING.matcher(Files.readString(log));
      if (line.find()) {
        return new Prism(process, atExit, URI.create(line.group(1)));
      }
    }
    NodePackages.end(process);
    return fail("Prism did not start:\n" + Files.readString(log));
  }

  /**
   * Has a request judged.
   *
   * @param path of the URL, escaped
   * @param headers names and values in turn
   */
  Verdict judge(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    List<String> violations = new ArrayList<>();
    response.headers().firstValue("sl-violations").ifPresent(violations::add);
    if (response.statusCode() != 200) {
      addViolations(JSON.readTree(response.body()), violations);
    }
    return new Verdict(response.statusCode(), violations);
  }

  private static void addViolations(JsonNode problem, List<String> violations) {
    for (JsonNode violation : problem.path("validation")) {
      StringBuilder place = new StringBuilder();
      violation.path("location").forEach(step -> place.append('/').append(step.asText()));
      violations.add(
          violation.path("code").asText()
              + " at "
              + place
              + ": "
              + violation.path("message").asText());
    }
    if (violations.isEmpty()) {
      violations.add(problem.toString());
    }
  }

  /** Ends its process. */
  @Override
  public void close() {
    NodePackages.end(process);
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
