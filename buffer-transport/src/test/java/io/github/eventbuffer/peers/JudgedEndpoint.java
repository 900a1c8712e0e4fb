package io.github.eventbuffer.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An endpoint that has Prism judge each request, headers and bytes as they came, and answers a good
 * one with the number of its events: Prism's own answer is the document's example, whose number is
 * always the same.
 */
final class JudgedEndpoint implements AutoCloseable {
  /** What the client sets itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A request that came and what Prism said of it. */
  record Judged(JsonNode body, Prism.Verdict verdict) {
    int count() {
      return body.path("events").size();
    }
  }

  private final List<Judged> judged = Collections.synchronizedList(new ArrayList<>());
  private final Prism prism;
  private final HttpServer server;

  JudgedEndpoint(Prism prism) throws IOException {
    this.prism = prism;
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** All requests so far. */
  List<Judged> judged() {
    synchronized (judged) {
      return List.copyOf(judged);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      List<String> headers = new ArrayList<>();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> Collections.addAll(headers, name, value));
                }
              });
      String path = exchange.getRequestURI().getRawPath();
      Prism.Verdict verdict = prism.judge(path, body, headers.toArray(String[]::new));
      Judged request = new Judged(JSON.readTree(body), verdict);
      judged.add(request);
      int count = request.count();
      String answer =
          verdict.isAccepted()
              ? "{\"events_received\":" + count + ",\"events_processed\":" + count + "}"
              : "{\"code\":\"VALIDATION_ERROR\",\"message\":\"refused by Prism\"}";
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(verdict.isAccepted() ? 200 : 422, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
