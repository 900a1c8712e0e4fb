package io.github.eventbuffer.interchange;

import io.github.eventbuffer.DeliveryResult;
import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.PublicText;
import io.github.eventbuffer.http.Response;
import io.github.eventbuffer.http.RetryAfter;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer of the endpoint means. Delivered needs a 2xx status and a body that is
 * understood and speaks of exactly this batch; every doubt about a 2xx is Unavailable. Immutable
 * and thread-safe.
 */
final class ResponseReader {
  private final Clock clock;

  /**
   * A reader.
   *
   * @param clock for dates in an answer that says no date of its own
   */
  ResponseReader(Clock clock) {
    this.clock = clock;
  }

  /**
   * The outcome of an attempt that was answered.
   *
   * @param count number of events in the batch
   */
  DeliveryResult read(Response response, int count, PublicText text) {
    Answer answer = null;
    String doubt = response.flaw();
    String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
    if (doubt == null && !encoding.strip().equalsIgnoreCase("identity")) {
      doubt = "it is encoded, which was not asked for";
    }
    if (doubt == null) {
      try {
        answer = new AnswerParser(count, text).parse(response.body());
      } catch (NotUnderstoodException e) {
        doubt = e.getMessage();
      }
    }
    int status = response.status();
    if (status < 200 || status > 299) {
      return failure(response, answer);
    }
    if (answer == null) {
      return notUnderstood(status, doubt);
    }
    if (answer.errors().isEmpty()) {
      return success(status, answer, count);
    }
    EndpointError error = answer.error();
    return byCode(
        response,
        answer,
        new DeliveryResult.Unavailable(label(status, error), delay(response, error)));
  }

  private static DeliveryResult success(int status, Answer answer, int count) {
    String doubt = answer.success().doubt(count);
    return doubt == null ? answer.success().toDelivered() : notUnderstood(status, doubt);
  }

  private static DeliveryResult notUnderstood(int status, @Nullable String doubt) {
    return new DeliveryResult.Unavailable(
        "the answer of HTTP " + status + " is not understood: " + doubt);
  }

  private DeliveryResult failure(Response response, @Nullable Answer answer) {
    int status = response.status();
    EndpointError error = answer == null ? EndpointError.NONE : answer.error();
    return switch (status) {
      case 400, 422 -> byCode(response, answer, invalidBatch(status, answer));
      case 408, 429 -> new DeliveryResult.Throttled(delay(response, error));
      case 409 -> new DeliveryResult.Unavailable(label(status, error), delay(response, error));
      case 413 -> new DeliveryResult.TooLarge();
      case 501 -> held(status, error);
      default ->
          status >= 500 && status <= 599
              ? new DeliveryResult.Unavailable(label(status, error), delay(response, error))
              : held(status, error);
    };
  }

  /**
   * Lets the code overrule a status that says too little: a 2xx, or a 400 behind which the vendor
   * may put an unregistered source. Isolating events cannot cure those, and would end with every
   * event in the dead letters.
   */
  private DeliveryResult byCode(
      Response response, @Nullable Answer answer, DeliveryResult otherwise) {
    EndpointError error = answer == null ? EndpointError.NONE : answer.error();
    int status = response.status();
    return switch (Fault.of(error.code())) {
      case CONFIGURATION -> held(status, error);
      case PACE -> new DeliveryResult.Throttled(delay(response, error));
      case SERVICE -> new DeliveryResult.Unavailable(label(status, error), delay(response, error));
      case DATA -> invalidBatch(status, answer);
      case UNKNOWN -> otherwise;
    };
  }

  private static DeliveryResult invalidBatch(int status, @Nullable Answer answer) {
    EndpointError error = answer == null ? EndpointError.NONE : answer.error();
    return new DeliveryResult.InvalidBatch(
        error.code().isEmpty() ? "HTTP_" + status : error.code(),
        error.message(),
        answer == null ? List.of() : answer.invalid());
  }

  private static DeliveryResult held(int status, EndpointError error) {
    String said = error.message().isEmpty() ? "" : " (the endpoint says: " + error.message() + ")";
    String code = error.code().isEmpty() ? "" : " " + error.code();
    boolean unknownSource = status == 404 || error.code().endsWith("NOT_FOUND");
    return new DeliveryResult.Held(
        "HTTP " + status + code + ": " + Advice.onEvents(status, error.code()) + said,
        unknownSource);
  }

  private @Nullable Duration delay(Response response, EndpointError error) {
    HttpHeaders headers = response.headers();
    Instant now = clock.instant();
    Duration asked =
        response.status() == 429
            ? RetryAfter.ofRateLimit(headers, now)
            : RetryAfter.of(headers, now);
    return asked == null ? error.retryAfter() : asked;
  }

  private static String label(int status, EndpointError error) {
    return "HTTP "
        + status
        + (error.code().isEmpty() ? "" : " " + error.code())
        + (error.message().isEmpty() ? "" : ": " + error.message());
  }
}
