package io.github.eventbuffer.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A {@code log-event} endpoint on 127.0.0.1 that takes every batch, as fast as the JDK's server
 * can, and knows which events it took. It lives in the driver's JVM, so that a trial's heap and
 * processor time are the trial's own. The test kit's endpoint judges each event as the real one
 * would; that takes longer than the delivery which is measured here.
 *
 * <p>{@code POST /<milliseconds>/advertisers/…}: answered so long after the body was read. {@code
 * GET /missing/<n>}: how many of the events 0 to n − 1 have not come.
 */
final class Sink implements AutoCloseable {
  private static final String MISSING = "/missing/";

  private final IdLedger ledger = new IdLedger();
  private final ThreadLocal<byte[]> bodies = ThreadLocal.withInitial(() -> new byte[16 << 20]);
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "sink");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpServer server;

  Sink() throws IOException {
    // Without it an answer on a connection that is kept takes 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Where a transport delivers to that waits so long for each answer. */
  static URI delayed(URI sink, int millis) {
    return sink.resolve("/" + millis);
  }

  /** Asks, from another JVM, how many of the events 0 to {@code events - 1} have not come. */
  static long missing(URI sink, long events) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(sink.resolve(MISSING + events)).build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return Long.parseLong(answer.body());
  }

  /** Nothing has come yet. */
  void forget() {
    ledger.clear();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith(MISSING)) {
        long events = Long.parseLong(path.substring(MISSING.length()));
        reply(exchange, 200, Long.toString(ledger.missing(events)));
        return;
      }
      int count;
      try {
        count = take(exchange.getRequestBody());
      } catch (RuntimeException e) {
        reply(exchange, 400, "{\"code\":\"BAD_REQUEST\",\"message\":\"" + e.getMessage() + "\"}");
        return;
      }
      Thread.sleep(Long.parseLong(path.substring(1, path.indexOf('/', 1))));
      reply(
          exchange, 200, "{\"events_received\":" + count + ",\"events_processed\":" + count + "}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int take(InputStream in) throws IOException {
    byte[] body = bodies.get();
    int length = in.readNBytes(body, 0, body.length);
    int array = 0;
    while (body[array] != '[') {
      array++;
    }
    // Behind the array only the brace of the object.
    return ledger.enterArray(body, array, length - 1);
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
