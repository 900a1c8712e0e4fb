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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The seller of AdCP's own SDK, which shares no code with this project: an MCP agent that checks
 * requests by AdCP's schemas and keeps its rules for idempotency keys, in front of a platform that
 * is made up. Both on 127.0.0.1, ports of the system's choice.
 */
final class Seller implements AutoCloseable {
  /** The key that the SDK's example takes; no secret. */
  static final String KEY = "sk_harness_do_not_use_in_prod";

  /** The packages of its lock file. */
  static final class Packages extends NodePackages {
    Packages() {
      super(Seller.DIRECTORY, "seller/");
    }
  }

  private static final Path DIRECTORY = NodePackages.directory("seller");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MOST_SECONDS = 60;
  private static final Pattern LISTENING = Pattern.compile("listening on port (\\d+)");

  private final List<Process> processes;
  private final Thread atExit;
  private final URI platform;
  private final URI url;

  private Seller(List<Process> processes, Thread atExit, URI platform, URI url) {
    this.processes = processes;
    this.atExit = atExit;
    this.platform = platform;
    this.url = url;
  }

  /** Starts platform and seller, and waits until both listen. */
  static Seller start() throws IOException, InterruptedException {
    NodePackages.copy(DIRECTORY, "seller/loopback.cjs");
    List<Process> processes = new ArrayList<>();
    Thread atExit = new Thread(() -> processes.forEach(NodePackages::end), "seller-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    int platformPort =
        listen(
            processes,
            "platform.log",
            new ProcessBuilder(
                "node",
                "--require",
                "./loopback.cjs",
                "node_modules/@adcp/sdk/bin/adcp.js",
                "mock-server",
                "sales-social",
                "--port",
                "1"));
    ProcessBuilder agent =
        new ProcessBuilder(
            "node",
            "--require",
            "./loopback.cjs",
            "--import",
            "tsx",
            "node_modules/@adcp/sdk/examples/hello_seller_adapter_social.ts");
    agent.environment().put("UPSTREAM_URL", "http://127.0.0.1:" + platformPort);
    agent.environment().put("ADCP_AUTH_TOKEN", KEY);
    // Else it wants a data base to keep its state in.
    agent.environment().put("NODE_ENV", "test");
    int port = listen(processes, "seller.log", agent);
    return new Seller(
        processes,
        atExit,
        URI.create("http://127.0.0.1:" + platformPort),
        URI.create("http://127.0.0.1:" + port + "/mcp"));
  }

  private static int listen(List<Process> processes, String name, ProcessBuilder builder)
      throws IOException, InterruptedException {
    Path log = DIRECTORY.resolve(name);
    Process process =
        builder
            .directory(DIRECTORY.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    processes.add(process);
    long start = System.nanoTime();
    // While it runs, this is a wait of 20 ms.
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
      Matcher line = LISTENING.matcher(Files.readString(log));
      if (line.find()) {
        return Integer.parseInt(line.group(1));
      }
    }
    processes.forEach(NodePackages::end);
    return fail(name + ": did not start:\n" + Files.readString(log));
  }

  /** The agent's MCP address. */
  URI url() {
    return url;
  }

  /** How many calls of {@code log_event} it passed on to its platform; a replay is none. */
  int executed() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(platform.resolve("/_debug/traffic")).build();
    String body =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    int executed = 0;
    for (Map.Entry<String, JsonNode> route : JSON.readTree(body).path("traffic").properties()) {
      executed += route.getKey().endsWith("/event/track") ? route.getValue().asInt() : 0;
    }
    return executed;
  }

  /** Ends its processes. */
  @Override
  public void close() {
    processes.forEach(NodePackages::end);
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
