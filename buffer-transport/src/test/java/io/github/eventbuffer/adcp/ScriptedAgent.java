package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An agent on the loopback that says what the test tells it to. Thread-safe. */
final class ScriptedAgent implements AutoCloseable {
  static final String CAPABILITIES =
      "{\"status\":\"completed\",\"adcp\":{\"major_versions\":[3],\"idempotency\":"
          + "{\"supported\":true,\"replay_ttl_seconds\":86400}},\"supported_protocols\":"
          + "[\"media_buy\"],\"media_buy\":{\"conversion_tracking\":{\"supported_event_types\":"
          + "[\"purchase\",\"lead\"],\"supported_uid_types\":[\"uid2\"],"
          + "\"supported_hashed_identifiers\":[\"hashed_email\"],"
          + "\"supported_action_sources\":[\"website\"]}}}";

  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Read once by the JDK's server; without it each small answer waits for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** A message as it came; each but the notifications has an id. */
  record Message(HttpExchange exchange, JsonNode body) {
    String method() {
      return body.path("method").asText();
    }

    String tool() {
      return body.path("params").path("name").asText();
    }

    JsonNode arguments() {
      return body.path("params").path("arguments");
    }

    int events() {
      return arguments().path("events").size();
    }

    String header(String name) {
      String value = exchange.getRequestHeaders().getFirst(name);
      return value == null ? "" : value;
    }
  }

  /** What to send back. */
  interface Reply {
    void write(Message to) throws IOException;
  }

  final Queue<Message> messages = new ConcurrentLinkedQueue<>();
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "scripted-agent");
            thread.setDaemon(true);
            return thread;
          });

  /** Answers each message as the script says. */
  ScriptedAgent(Function<Message, Reply> script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            Message message = new Message(exchange, JSON.readTree(bytes));
            messages.add(message);
            script.apply(message).write(message);
          }
        });
    server.start();
  }

  /** Declares a replay window, and answers {@code log_event} as the script says. */
  static ScriptedAgent logging(Function<Message, Reply> script) throws IOException {
    return new ScriptedAgent(
        message ->
            message.tool().equals("get_adcp_capabilities")
                ? result(CAPABILITIES)
                : script.apply(message));
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
  }

  /** The messages that called this tool. */
  List<Message> calls(String tool) {
    return messages.stream().filter(message -> message.tool().equals(tool)).toList();
  }

  static Reply http(int status, String type, String body, String... headers) {
    return to -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      if (!type.isEmpty()) {
        to.exchange.getResponseHeaders().set("Content-Type", type);
      }
      for (int i = 0; i < headers.length; i += 2) {
        to.exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      to.exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        try (OutputStream out = to.exchange.getResponseBody()) {
          out.write(bytes);
        }
      }
    };
  }

  static Reply json(String body) {
    return http(200, "application/json", body);
  }

  /** A message with the id of the request in the place of {@code $id}. */
  static Reply message(int status, String body, String... headers) {
    return to -> http(status, "application/json", body.replace("$id", id(to)), headers).write(to);
  }

  static String id(Message to) {
    return to.body.path("id").toString();
  }

  /** A tool's result. */
  static Reply result(String structured) {
    return message(200, "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":" + body(structured) + "}");
  }

  private static String body(String structured) {
    return "{\"content\":[{\"type\":\"text\",\"text\":\"done\"}],\"structuredContent\":"
        + structured
        + "}";
  }

  /** The same in a stream, behind what is not for us. */
  static Reply events(String structured) {
    return to ->
        http(
                200,
                "text/event-stream",
                ": hello\r\nevent: message\r\ndata: {\"jsonrpc\":\"2.0\",\"method\":"
                    + "\"notifications/progress\",\"params\":{}}\r\n\r\n"
                    + "data: {\"jsonrpc\":\"2.0\",\"id\":\"other\",\"result\":{}}\n\n"
                    + "event: message\nid: 7\ndata: {\"jsonrpc\":\"2.0\",\"id\":"
                    + id(to)
                    + ",\ndata: \"result\":"
                    + body(structured)
                    + "}\n\n")
            .write(to);
  }

  /** A tool that failed with an object of AdCP. */
  static Reply toolError(String structured) {
    return message(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"isError\":true,\"structuredContent\":"
            + structured
            + "}}");
  }

  static Reply adcpError(String members) {
    return toolError("{\"adcp_error\":{" + members + "}}");
  }

  /** A tool that failed with words alone. */
  static Reply toolWords(String words) {
    return message(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"isError\":true,\"content\":"
            + "[{\"type\":\"text\",\"text\":\""
            + words
            + "\"}]}}");
  }

  static Reply rpcError(int status, int code, String words) {
    return message(
        status,
        "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":"
            + code
            + ",\"message\":\""
            + words
            + "\"}}");
  }

  /** All of them were taken. */
  static Reply taken(Message to) {
    return result(counts(to.events()));
  }

  static String counts(int events) {
    return "{\"status\":\"completed\",\"events_received\":"
        + events
        + ",\"events_processed\":"
        + events
        + "}";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
