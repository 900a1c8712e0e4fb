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

  /** The platform's only client, by which its seller logs in, too; no secret either. */
  private static final String LOGIN =
      "grant_type=client_credentials&client_id=walled_garden_test_client_001"
          + "&client_secret=walled_garden_test_secret_do_not_use_in_prod";

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
    int executed = 0;
    JsonNode traffic = ask(request("/_debug/traffic")).path("traffic");
    for (Map.Entry<String, JsonNode> route : traffic.properties()) {
      executed += route.getKey().endsWith("/event/track") ? route.getValue().asInt() : 0;
    }
    return executed;
  }

  /** How many events its platform counted, of all sources of the account that the tests use. */
  long counted() throws IOException, InterruptedException {
    JsonNode login =
        ask(
            request("/oauth/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(LOGIN)));
    JsonNode pixels =
        ask(request("/v1.3/advertiser/adv_acme_us/pixel/list")
                .header("Authorization", "Bearer " + login.path("access_token").asText()))
            .path("pixels");
    if (pixels.isEmpty()) {
      fail("the platform knows of no source");
    }
    long counted = 0;
    for (JsonNode pixel : pixels) {
      counted += pixel.path("events_received_24h").asLong();
    }
    return counted;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(platform.resolve(path));
  }

  private static JsonNode ask(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return JSON.readTree(
        HttpClient.newHttpClient()
            .send(request.build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  /** Ends its processes. */
  @Override
  public void close() {
    processes.forEach(NodePackages::end);
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
