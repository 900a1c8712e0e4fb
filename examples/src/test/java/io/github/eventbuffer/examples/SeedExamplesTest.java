package io.github.eventbuffer.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run, against a server that answers as the references show. */
class SeedExamplesTest {
  private static final Map<String, String> ANSWERS =
      Map.of(
          "/advertisers/12345/event-sources/sync",
          "{\"event_sources\":[{\"event_source_id\":\"hightouch_purchase\",\"action\":\"created\"},"
              + "{\"event_source_id\":\"website_pixel\",\"action\":\"unchanged\"}]}",
          "/advertisers/12345/log-event",
          "{\"events_received\":2,\"events_processed\":2,\"warnings\":[],\"match_quality\":0.87}",
          "/advertisers/25/audiences/sync",
          "{\"success\":true,\"accountId\":\"25\",\"operationId\":\"t-1\",\"taskId\":\"t-1\"}",
          "/tasks/t-1",
          "{\"task\":{\"taskId\":\"t-1\",\"status\":\"completed\"}}");

  /** In the words of the page of {@code sync_event_sources}. */
  private static final String SOURCES =
      "{\"event_sources\":[{\"event_source_id\":\"website_pixel\",\"action\":\"created\","
          + "\"managed_by\":\"buyer\",\"setup\":{\"snippet\":\"<script></script>\","
          + "\"snippet_type\":\"javascript\",\"instructions\":\"Place it in the head.\"},"
          + "\"health\":{\"status\":\"good\"}},"
          + "{\"event_source_id\":\"theirs\",\"action\":\"unchanged\","
          + "\"managed_by\":\"seller\",\"health\":{\"status\":\"minimum\"}}]}";

  private static final String AUDIENCES =
      "{\"status\":\"completed\",\"audiences\":[{\"audience_id\":\"loyalty-members-2026\","
          + "\"action\":\"created\",\"status\":\"processing\",\"uploaded_count\":1}]}";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
          String words =
              request.has("jsonrpc")
                  ? "{\"jsonrpc\":\"2.0\",\"id\":"
                      + request.path("id")
                      + ",\"result\":{\"structuredContent\":"
                      + (request.at("/params/name").asText().equals("sync_audiences")
                          ? AUDIENCES
                          : SOURCES)
                      + "}}"
                  : ANSWERS.getOrDefault(exchange.getRequestURI().getPath(), "{}");
          byte[] answer = words.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** In a JVM of its own: the key comes from the environment. */
  private List<String> run(Class<?> example, String... more) throws Exception {
    Process process =
        withKey(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                example.getName(),
                "http://127.0.0.1:" + server.getAddress().getPort(),
                more.length == 0 ? "" : more[0])
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream out = process.getInputStream()) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      out.transferTo(said);
      assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), said.toString(StandardCharsets.UTF_8));
      return said.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static ProcessBuilder withKey(String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SCOPE3_API_KEY", "scope3_key_of_a_test");
    builder.environment().put("ADCP_TOKEN", "token_of_a_test");
    return builder;
  }

  @Test
  void eventSources() throws Exception {
    assertEquals(
        List.of("hightouch_purchase: CREATED", "website_pixel: UNCHANGED"),
        run(EventSourcesExample.class));
  }

  @Test
  void adcpEventSources() throws Exception {
    assertEquals(
        List.of("website_pixel: CREATED, good", "  install: JAVASCRIPT", "theirs: UNCHANGED"),
        run(AdcpEventSourcesExample.class));
  }

  @Test
  void adcpAudiences() throws Exception {
    assertEquals(
        List.of("loyalty-members-2026: CREATED, PROCESSING"), run(AdcpAudiencesExample.class));
  }

  @Test
  void logEvents() throws Exception {
    List<String> said = run(LogEventsExample.class, directory.resolve("events").toString());
    assertEquals(List.of("FlushResult[complete=true, pending=0, reason=null] 2"), said);
  }

  @Test
  void audiences() throws Exception {
    assertEquals(List.of("1 members sent", "COMPLETED"), run(AudiencesExample.class));
  }
}
