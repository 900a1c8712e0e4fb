package io.github.eventbuffer.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and what its answer means. Its methods are called on threads of the endpoint, and for
 * an answer on one of the JDK's client, one at a time but for {@link #failed}, and do not block.
 *
 * @param <R> what comes of it; immutable
 */
public interface HttpCall<R> {

  /** The address, or null when {@link #refusal()} says why there is none. */
  @Nullable URI uri(BaseUrl base);

  /** Why it cannot be made as it is; asked when there is no address. */
  R refusal();

  /** What is posted; null for a request without content. */
  @Nullable Content content() throws JsonProcessingException;

  /** The method of a request without content. */
  default String method() {
    return "GET";
  }

  /** Value of the {@code Accept} header. */
  default String accepted() {
    return "application/json";
  }

  /** Headers of its own. */
  default Map<String, String> headers() {
    return Map.of();
  }

  /**
   * How long it may take, when so long is the time-out of one request; less than that for one of
   * several requests that share a time-out.
   */
  default long nanosLeft(long timeoutNanos) {
    return timeoutNanos;
  }

  /** There is no key that could be sent, for this reason. */
  R withoutKey(String reason);

  /** The answer, whatever it is. */
  R answered(Response response, PublicText text);

  /**
   * No answer came, or none that counts.
   *
   * @param cause for people, without secrets
   * @param cutOff whether the connection broke over the body, before an answer began
   */
  R failed(String cause, boolean cutOff);

  /** Whether this outcome says that requests come too fast. */
  boolean isThrottled(R outcome);

  /** How long this outcome asks to wait, or null. */
  @Nullable Duration retryAfter(R outcome);

  /** A body that can be read several times, from its beginning. */
  interface Content {
    /** Its length. */
    long bytes();

    /** Opens it; called on a thread of the endpoint. */
    InputStream open();

    /** What to call it when it cannot be read. */
    String name();

    /** These bytes. */
    static Content of(byte[] bytes) {
      return new Content() {
        @Override
        public long bytes() {
          return bytes.length;
        }

        @Override
        public InputStream open() {
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public String name() {
          return "the request";
        }
      };
    }
  }
}
