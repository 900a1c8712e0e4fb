package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;

/** An ordinary client of the endpoint. */
final class Client {

  /** An event with everything that a typical purchase has; about 420 bytes. */
  static final String EVENT =
      """
      {"event_id":"%s","event_type":"purchase","event_time":"2026-04-26T14:30:00-05:00",\
      "action_source":"website","event_source_url":"https://shop.example.com/checkout/complete",\
      "user_match":{"hashed_email":\
      "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976",\
      "click_id":"fb.1.1700000000.AbCdEfGh","click_id_type":"fbclid"},\
      "custom_data":{"value":89.99,"currency":"USD","order_id":"order_55512",\
      "content_ids":["sku_red_shoe_42"],"num_items":1}}""";

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final FakeEndpoint endpoint;

  Client(FakeEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  static String event(String id) {
    return EVENT.formatted(id);
  }

  static String batch(String... events) {
    return "{\"event_source_id\":\"website_pixel\",\"events\":[" + String.join(",", events) + "]}";
  }

  static String batchOf(int first, int count) {
    String[] events = new String[count];
    for (int i = 0; i < count; i++) {
      events[i] = event("txn_" + (first + i));
    }
    return batch(events);
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return ParsedBatch.MAPPER.readTree(response.body());
  }

  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  HttpRequest.Builder request() {
    return request("/advertisers/12345/log-event");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(endpoint.baseUrl() + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + endpoint.apiKey())
        .header("Content-Type", "application/json");
  }

  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return send(request().POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Event sources of advertiser 12345. */
  HttpResponse<String> sync(String body) throws IOException, InterruptedException {
    return send(
        request("/advertisers/12345/event-sources/sync")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
