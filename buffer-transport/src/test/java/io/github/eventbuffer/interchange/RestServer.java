package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server that keeps what it is asked, and answers as the test says. */
final class RestServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One request; the body is missing for a GET. */
  record Request(String method, String path, Map<String, List<String>> headers, JsonNode body) {}

  /** One answer. */
  record Answer(int status, String body, Map<String, String> headers) {
    static Answer of(int status, String body) {
      return new Answer(status, body, Map.of());
    }
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  RestServer(Function<Request, Answer> script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          Request request =
              new Request(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getRawPath(),
                  exchange.getRequestHeaders(),
                  JSON.readTree(exchange.getRequestBody().readAllBytes()));
          requests.add(request);
          Answer answer = script.apply(request);
          byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
          answer.headers.forEach(exchange.getResponseHeaders()::set);
          exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api");
  }

  /** A transport to it, on a clock. */
  InterchangeTransport.Builder transport() {
    return InterchangeTransport.builder().apiKey(() -> "scope3_key_of_a_test").baseUrl(url());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
