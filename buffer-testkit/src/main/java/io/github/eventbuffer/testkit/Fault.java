package io.github.eventbuffer.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint does with one request. Immutable; the methods that are not static return a
 * changed copy.
 *
 * <p>Unless said otherwise a fault stores nothing: it stands in front of the endpoint. {@link
 * #storing()} puts it behind: the request is judged and stored as ever, and only the answer is
 * lost, which is the case that makes a client send twice.
 */
public final class Fault {

  /** How the exchange ends. */
  enum Ending {
    ORDINARY,
    FIXED,
    CUT_BEFORE_READING,
    CUT,
    CUT_WHILE_ANSWERING,
    SILENCE,
    DRIP,
    ENDLESS
  }

  /** Fixed figures for the answer, whatever was received. */
  record Counts(long received, long processed) {}

  /** Events to be refused whatever the rules say. */
  record Refusal(Predicate<? super EventKey> events, String code, String message) {}

  private static final Fault NONE = new Fault(Ending.ORDINARY);

  final Ending ending;
  boolean stores;
  Duration delay = Duration.ZERO;
  @Nullable Duration bound;
  Duration interval = Duration.ZERO;
  int status = 200;
  String code = "";
  String message = "";
  byte[] body = {};
  String contentType = "";
  Map<String, String> headers = Map.of();
  long shortfall;
  @Nullable Counts counts;
  @Nullable Refusal refusal;

  private Fault(Ending ending) {
    this.ending = ending;
    this.stores = ending == Ending.ORDINARY || ending == Ending.DRIP;
  }

  private Fault(Fault from, Consumer<Fault> change) {
    ending = from.ending;
    stores = from.stores;
    delay = from.delay;
    bound = from.bound;
    interval = from.interval;
    status = from.status;
    code = from.code;
    message = from.message;
    body = from.body;
    contentType = from.contentType;
    headers = from.headers;
    shortfall = from.shortfall;
    counts = from.counts;
    refusal = from.refusal;
    change.accept(this);
  }

  private Fault with(Consumer<Fault> change) {
    return new Fault(this, change);
  }

  /** No fault: the ordinary answer. */
  public static Fault none() {
    return NONE;
  }

  /** The ordinary answer, late: the request is judged and stored when the time has passed. */
  public static Fault delay(Duration delay) {
    return NONE.after(delay);
  }

  /**
   * Answers with a status and the documented error body, {@code {"data":null,"error":{…}}}.
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault status(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: 200 to 599, not " + status);
    }
    Fault fault = new Fault(Ending.FIXED).with(f -> f.status = status);
    return fault.error(ErrorBodies.codeOf(status), "scripted " + status);
  }

  /** Answers 429 with {@code Retry-After} in whole seconds. */
  public static Fault throttled(Duration retryAfter) {
    return status(429).header("Retry-After", Long.toString(retryAfter.toSeconds()));
  }

  /** Answers 200 with AdCP's {@code errors} in place of the success fields. */
  public static Fault errorsInBody(String code, String message) {
    return status(200).body("application/json", ErrorBodies.errors(code, message));
  }

  /** Cuts the connection without reading the request. */
  public static Fault cutBeforeReading() {
    return new Fault(Ending.CUT_BEFORE_READING);
  }

  /** Reads the request, then cuts the connection in place of an answer. */
  public static Fault cut() {
    return new Fault(Ending.CUT);
  }

  /** Sends the headers and half of the ordinary body, then cuts the connection. */
  public static Fault cutWhileAnswering() {
    return new Fault(Ending.CUT_WHILE_ANSWERING);
  }

  /** Reads the request and never answers; the connection stays open until the endpoint closes. */
  public static Fault silence() {
    return new Fault(Ending.SILENCE);
  }

  /** Reads the request and does not answer; cuts the connection after the bound. */
  public static Fault silence(Duration bound) {
    Objects.requireNonNull(bound, "bound");
    return silence().with(f -> f.bound = bound);
  }

  /** The ordinary answer, stored as ever, with one byte of the body per interval. */
  public static Fault drip(Duration interval) {
    Objects.requireNonNull(interval, "interval");
    return new Fault(Ending.DRIP).with(f -> f.interval = interval);
  }

  /** Answers 200 and a JSON body that does not end (cut at 256 MiB). */
  public static Fault endless() {
    return new Fault(Ending.ENDLESS);
  }

  /**
   * Refuses the chosen events and takes the others. How it says so is {@link
   * FakeEndpointBuilder#onViolation}.
   */
  public static Fault refusing(Predicate<? super EventKey> events, String code, String message) {
    Refusal refusal = new Refusal(events, code, message);
    return NONE.with(f -> f.refusal = refusal);
  }

  /** Stores as ever and answers with these counts, right or wrong. */
  public static Fault counts(long received, long processed) {
    return NONE.with(f -> f.counts = new Counts(received, processed));
  }

  /** Stores as ever and answers with {@code events_processed} too low by this, unexplained. */
  public static Fault shortfall(long events) {
    return NONE.with(f -> f.shortfall = events);
  }

  /**
   * The same ending after the request was judged and stored as ever.
   *
   * @throws IllegalStateException for {@link #cutBeforeReading}, which has nothing to store
   */
  public Fault storing() {
    if (ending == Ending.CUT_BEFORE_READING) {
      throw new IllegalStateException("nothing was read, so nothing can be stored");
    }
    return with(f -> f.stores = true);
  }

  /** The same after a delay, measured on the machine's clock; the request is read at once. */
  public Fault after(Duration delay) {
    Objects.requireNonNull(delay, "delay");
    return with(f -> f.delay = delay);
  }

  /** Adds a header to whatever is answered. */
  public Fault header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return with(f -> f.headers = Map.copyOf(more));
  }

  /** The documented error body with this code and message. For {@link #status} only. */
  public Fault error(String code, String message) {
    Fault fault = body("application/json", ErrorBodies.wrapped(code, message));
    return fault.with(
        f -> {
          f.code = code;
          f.message = message;
        });
  }

  /** The error without its wrapping: {@code {"code":…,"message":…}}. For {@link #status} only. */
  public Fault bare() {
    return body("application/json", ErrorBodies.bare(code, message));
  }

  /** An HTML page as a proxy would answer. For {@link #status} only. */
  public Fault html() {
    return body("text/html", "<html><body><h1>" + status + "</h1></body></html>");
  }

  /** A body that claims to be JSON and is none. For {@link #status} only. */
  public Fault garbage() {
    return body("application/json", "{\"events_received\": 1, \u0000\u0001]");
  }

  /** No body. For {@link #status} only. */
  public Fault empty() {
    return body("", "");
  }

  /**
   * Any body. For {@link #status} only.
   *
   * @throws IllegalStateException for any other fault
   */
  public Fault body(String contentType, String text) {
    if (ending != Ending.FIXED) {
      throw new IllegalStateException("only a status has a body of its own, not " + ending);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return with(
        f -> {
          f.contentType = contentType;
          f.body = bytes;
        });
  }

  @Override
  public String toString() {
    String what = ending == Ending.FIXED ? "status " + status : ending.toString();
    return what + (stores ? " (stores)" : "") + (delay.isZero() ? "" : " after " + delay);
  }
}
