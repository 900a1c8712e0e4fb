package io.github.eventbuffer.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * What java.net.http can do: posts bodies that lie ready on the heap, of the size of the buffer's
 * and as many at once, to the same sink.
 *
 * <p>Figure: {@code rate} in events/s.
 */
final class PostTrial implements Trial {
  private static final int BATCH = 10_000;
  private static final int AT_ONCE = 4;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private long posted;

  @Override
  public Report run(Setting setting) throws Exception {
    URI target = setting.sink().resolve("/0/advertisers/12345/log-event");
    List<byte[]> bodies = bodies(setting.choose(30, 100));
    for (int i = 0; i < setting.choose(1, 3); i++) {
      post(target, bodies);
    }
    long took = post(target, bodies);
    double events = (double) bodies.size() * BATCH;
    return Report.of(Sink.missing(setting.sink(), posted), Map.of("rate", events / (took / 1e9)));
  }

  private List<byte[]> bodies(int count) {
    List<byte[]> bodies = new ArrayList<>();
    for (int body = 0; body < count; body++) {
      ByteArrayOutputStream bytes =
          new ByteArrayOutputStream(BATCH * (CheckoutEvent.BYTES + 1) + 64);
      bytes.writeBytes(
          "{\"event_source_id\":\"website_pixel\",\"events\":["
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < BATCH; i++) {
        bytes.writeBytes(CheckoutEvent.json(CheckoutEvent.id(posted++)));
        bytes.write(i == BATCH - 1 ? ']' : ',');
      }
      bytes.write('}');
      bodies.add(bytes.toByteArray());
    }
    return bodies;
  }

  private long post(URI target, List<byte[]> bodies) throws Exception {
    Semaphore free = new Semaphore(AT_ONCE);
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    long start = System.nanoTime();
    for (byte[] body : bodies) {
      free.acquire();
      HttpRequest request =
          HttpRequest.newBuilder(target)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      answers.add(
          client
              .sendAsync(request, HttpResponse.BodyHandlers.ofString())
              .whenComplete((answer, thrown) -> free.release())
              .thenAccept(PostTrial::require));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    return System.nanoTime() - start;
  }

  private static void require(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new UncheckedIOException(new IOException(answer.body()));
    }
  }
}
