package io.github.eventbuffer.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What stands between a buffer and a seller: passes on what comes and writes it down, until it is
 * told to hold calls of {@code log_event}. A call that is held is in flight for as long as the test
 * likes, and gets no answer ever. Thread-safe.
 */
final class HoldingForwarder implements AutoCloseable {
  /** Where a call is held; they take turns. */
  private enum Held {
    /** The seller has executed it, and nobody hears of that. */
    BEHIND_THE_SELLER,
    /** It is lost on its way there. */
    BEFORE_THE_SELLER,
    /** It gets there after its sender's death. */
    UNTIL_THE_DEATH
  }

  /** What the client sets itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A batch as the seller came to know it. */
  private static final class Batch {
    final String arguments;
    final List<String> ids = new ArrayList<>();
    int calls;
    int fresh;
    int replayed;

    Batch(String arguments) {
      this.arguments = arguments;
    }
  }

  private final URI seller;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "holding-forwarder");
            thread.setDaemon(true);
            return thread;
          });

  // Guarded by this.
  private final Map<String, Batch> batches = new LinkedHashMap<>();
  private final List<String> complaints = new ArrayList<>();
  private final Map<String, CompletableFuture<Void>> held = new LinkedHashMap<>();
  private CompletableFuture<Void> death = new CompletableFuture<>();
  private int toPass = Integer.MAX_VALUE;
  private int turns;

  private Semaphore holds = new Semaphore(0);

  HoldingForwarder(URI seller) throws IOException {
    this.seller = seller;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + seller.getPath());
  }

  // What the test tells it.

  /** From now on so many calls of {@code log_event} are passed on, and the others held. */
  synchronized void passAndHold(int calls) {
    toPass = calls;
    held.clear();
    death = new CompletableFuture<>();
    holds = new Semaphore(0);
  }

  /** From now on everything is passed on. */
  void passAll() {
    passAndHold(Integer.MAX_VALUE);
  }

  /** Waits until so many are held; returns the keys of their batches. */
  Set<String> awaitHeld(int calls) throws InterruptedException {
    Semaphore current;
    synchronized (this) {
      current = holds;
    }
    boolean came = current.tryAcquire(calls, 60, TimeUnit.SECONDS);
    synchronized (this) {
      if (!came) {
        throw new IllegalStateException("held: " + held.size() + ", " + complaints);
      }
      return new LinkedHashSet<>(held.keySet());
    }
  }

  /** The sender of what is held is dead; returns when nothing of it is under way any more. */
  void bury() {
    List<CompletableFuture<Void>> ends;
    synchronized (this) {
      ends = List.copyOf(held.values());
      death.complete(null);
    }
    ends.forEach(CompletableFuture::join);
  }

  // What it knows.

  /** How many calls came for each key. */
  synchronized Map<String, Integer> calls() {
    Map<String, Integer> calls = new HashMap<>();
    batches.forEach((key, batch) -> calls.put(key, batch.calls));
    return calls;
  }

  /** The events of each batch that the seller has executed, by its key. */
  synchronized Map<String, List<String>> executed() {
    Map<String, List<String>> executed = new LinkedHashMap<>();
    batches.forEach(
        (key, batch) -> {
          if (batch.fresh > 0) {
            executed.put(key, List.copyOf(batch.ids));
          }
        });
    return executed;
  }

  /** How often the seller said that it had executed a batch. */
  synchronized int fresh() {
    return batches.values().stream().mapToInt(batch -> batch.fresh).sum();
  }

  /** How often it said that it had done so before. */
  synchronized int replayed() {
    return batches.values().stream().mapToInt(batch -> batch.replayed).sum();
  }

  /** What must not be: another batch under a known key, a refusal. */
  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  // The way there and back.

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      JsonNode params = JSON.readTree(body).path("params");
      if (params.path("name").asText().equals("log_event")) {
        String key = params.path("arguments").path("idempotency_key").asText();
        // All but the message's own id.
        know(key, body.substring(body.indexOf("\"params\"")), params.path("arguments"));
        takeBatch(exchange, body, key);
      } else {
        giveBack(exchange, pass(exchange, body));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeBatch(HttpExchange exchange, String body, String key)
      throws IOException, InterruptedException {
    CompletableFuture<Void> end = new CompletableFuture<>();
    CompletableFuture<Void> dead;
    Semaphore tell;
    Held where;
    synchronized (this) {
      where = toPass > 0 ? null : Held.values()[turns++ % Held.values().length];
      dead = death;
      tell = holds;
      if (where == null) {
        toPass--;
      } else if (held.put(key, end) != null) {
        complaints.add("sent twice at a time: " + key);
      }
    }
    if (where == null) {
      HttpResponse<String> answer = pass(exchange, body);
      answered(key, answer.body());
      giveBack(exchange, answer);
      return;
    }
    try {
      if (where == Held.BEHIND_THE_SELLER) {
        answered(key, pass(exchange, body).body());
      }
      tell.release();
      dead.join();
      if (where == Held.UNTIL_THE_DEATH) {
        answered(key, pass(exchange, body).body());
      }
    } finally {
      end.complete(null);
    }
  }

  private synchronized void know(String key, String arguments, JsonNode parsed) {
    Batch batch = batches.get(key);
    if (batch == null) {
      batch = new Batch(arguments);
      for (JsonNode event : parsed.path("events")) {
        batch.ids.add(event.path("event_id").asText());
      }
      batches.put(key, batch);
    } else if (!batch.arguments.equals(arguments)) {
      complaints.add("another batch under " + key);
    }
    batch.calls++;
  }

  private synchronized void answered(String key, String answer) throws IOException {
    // JSON, or one frame of a stream around it.
    String json = answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1);
    JsonNode result = JSON.readTree(json).path("result");
    JsonNode said = result.path("structuredContent");
    Batch batch = batches.get(key);
    if (result.path("isError").asBoolean()
        || said.path("events_processed").asInt() != batch.ids.size()) {
      complaints.add(key + ": " + json);
    } else if (said.path("replayed").asBoolean()) {
      batch.replayed++;
    } else {
      batch.fresh++;
    }
  }

  private HttpResponse<String> pass(HttpExchange exchange, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(seller).POST(HttpRequest.BodyPublishers.ofString(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void giveBack(HttpExchange exchange, HttpResponse<String> answer)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    bury();
    server.stop(0);
    threads.shutdownNow();
  }
}
