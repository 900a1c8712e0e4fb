package io.github.eventbuffer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transport that keeps what it is given and answers as a test tells it to. Thread-safe. */
public final class ScriptedTransport implements EventTransport {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What one attempt carried. */
  public record Attempt(String key, int number, List<String> ids, String body) {}

  private final List<Attempt> attempts = new ArrayList<>();
  private final Map<String, Integer> arrivals = new LinkedHashMap<>();
  private Function<Attempt, CompletionStage<DeliveryResult>> script =
      attempt ->
          CompletableFuture.completedFuture(DeliveryResult.Delivered.all(attempt.ids.size()));

  private @Nullable Function<List<EventSource>, CompletionStage<List<EventSourceResult>>>
      registrations;

  /** Every attempt from now on is answered like this. */
  public synchronized ScriptedTransport answer(Function<Attempt, DeliveryResult> answers) {
    script = attempt -> CompletableFuture.completedFuture(answers.apply(attempt));
    return this;
  }

  /** Every attempt from now on is answered when the test completes the stage. */
  public synchronized ScriptedTransport later(
      Function<Attempt, CompletionStage<DeliveryResult>> answers) {
    script = answers;
    return this;
  }

  @Override
  public CompletionStage<DeliveryResult> deliver(EventBatch batch) {
    try (InputStream events = batch.openEvents()) {
      byte[] body = events.readAllBytes();
      if (body.length != batch.byteSize()) {
        throw new AssertionError("byteSize " + batch.byteSize() + ", but " + body.length);
      }
      List<String> ids = new ArrayList<>();
      for (JsonNode event : JSON.readTree(body)) {
        ids.add(event.path("event_id").asText());
      }
      if (ids.size() != batch.count()) {
        throw new AssertionError("count " + batch.count() + ", but " + ids.size());
      }
      Attempt attempt =
          new Attempt(batch.idempotencyKey(), batch.attempt(), ids, new String(body, "UTF-8"));
      synchronized (this) {
        attempts.add(attempt);
        CompletionStage<DeliveryResult> answer = script.apply(attempt);
        return answer.whenComplete(
            (result, thrown) -> {
              if (result instanceof DeliveryResult.Delivered) {
                stored(attempt);
              }
            });
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every registration from now on is answered when the test completes the stage. */
  public synchronized ScriptedTransport registerLater(
      Function<List<EventSource>, CompletionStage<List<EventSourceResult>>> answers) {
    registrations = answers;
    return this;
  }

  @Override
  public CompletionStage<List<EventSourceResult>> register(
      Destination destination, List<EventSource> sources) {
    Function<List<EventSource>, CompletionStage<List<EventSourceResult>>> answers;
    synchronized (this) {
      answers = registrations;
    }
    return answers == null
        ? EventTransport.super.register(destination, sources)
        : answers.apply(sources);
  }

  private synchronized void stored(Attempt attempt) {
    attempt.ids.forEach(id -> arrivals.merge(id, 1, Integer::sum));
    notifyAll();
  }

  /** How often each event arrived, in the order of first arrival. */
  public synchronized Map<String, Integer> arrivals() {
    return new LinkedHashMap<>(arrivals);
  }

  /** All attempts so far. */
  public synchronized List<Attempt> attempts() {
    return new ArrayList<>(attempts);
  }

  @Override
  public void close() {}
}
