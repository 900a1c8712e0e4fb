package io.github.eventbuffer.benchmarks;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.TrackMessage;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Segment analytics-java 3.5: a queue in memory; nothing survives the process. {@code offer} only
 * hands the message over; {@code enqueue}, the call that its guide shows, also makes JSON of it, to
 * know its size.
 *
 * <p>Set up as its guide ("Analytics for Java") says, one client for the service, with its
 * defaults. Its upload is answered inside of its own client by an interceptor, at once: no network
 * holds it up. The message is there up to its {@code build()} before the clock starts, as our event
 * is.
 */
final class SegmentStore implements EventStore, Callback {
  private static final Map<String, Object> USER =
      Map.of(
          "hashed_email",
          "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
          "click_id",
          "fb.1.1700000000.AbCdEfGh",
          "click_id_type",
          "fbclid");
  private static final Map<String, Object> DATA =
      Map.of(
          "value",
          89.99,
          "currency",
          "USD",
          "order_id",
          "order_55512",
          "content_ids",
          List.of("sku_red_shoe_42"),
          "num_items",
          1);

  private final IdLedger ledger = new IdLedger();
  private final boolean enqueue;
  private final Analytics analytics;
  private final AtomicLong answered = new AtomicLong();
  private TrackMessage.Builder[] messages = {};

  SegmentStore(boolean enqueue) {
    this.enqueue = enqueue;
    OkHttpClient client =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(200)
                        .message("OK")
                        .body(
                            ResponseBody.create(
                                "{\"success\":true}", MediaType.get("application/json")))
                        .build())
            .build();
    analytics = Analytics.builder("benchmark").client(client).callback(this).build();
  }

  @Override
  public void success(Message message) {
    ledger.enterId(message.messageId());
    answered.incrementAndGet();
  }

  @Override
  public void failure(Message message, Throwable thrown) {
    // Stays missing.
    answered.incrementAndGet();
  }

  /**
   * Its queue has no bound, and it makes JSON slower than {@code offer} takes messages: each burst
   * begins with an empty one, or a full run's messages would fill the heap.
   */
  @Override
  public void prepare(long first, int count) throws InterruptedException {
    awaitAnswers(first);
    messages = new TrackMessage.Builder[count];
    Date time = new Date();
    for (int i = 0; i < count; i++) {
      Map<String, Object> properties = new LinkedHashMap<>();
      properties.put("action_source", "website");
      properties.put("event_source_url", "https://shop.example.com/checkout/complete");
      properties.put("user_match", USER);
      properties.put("custom_data", DATA);
      messages[i] =
          TrackMessage.builder("purchase")
              .messageId(CheckoutEvent.id(first + i))
              .anonymousId("anonymous")
              .timestamp(time)
              .properties(properties);
    }
  }

  @Override
  public void append(int event) {
    if (enqueue) {
      analytics.enqueue(messages[event]);
    } else if (!analytics.offer(messages[event])) {
      throw new IllegalStateException("not taken");
    }
  }

  @Override
  public long missing(long events) throws InterruptedException {
    awaitAnswers(events);
    return ledger.missing(events);
  }

  private void awaitAnswers(long events) throws InterruptedException {
    analytics.flush();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (answered.get() < events && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    analytics.shutdown();
  }
}
