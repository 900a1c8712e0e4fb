package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.NotUnderstoodException;
import io.github.eventbuffer.http.Response;
import java.net.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came back for one request.
 *
 * @param status of HTTP
 * @param message the response to the request; null when there is none that is understood
 * @param doubt why there is no message; fit for logs; empty when there is one
 */
record McpAnswer(int status, HttpHeaders headers, @Nullable McpMessage message, String doubt) {

  /**
   * Reads an answer.
   *
   * @param id of the request; an error that HTTP tells of may lack it
   */
  static McpAnswer of(Response response, long id) {
    HttpHeaders headers = response.headers();
    try {
      return new McpAnswer(response.status(), headers, message(response, id), "");
    } catch (NotUnderstoodException e) {
      return new McpAnswer(response.status(), headers, null, String.valueOf(e.getMessage()));
    }
  }

  /** Whether HTTP says that the request came through. */
  boolean isSuccess() {
    return status >= 200 && status <= 299;
  }

  private static McpMessage message(Response response, long id) throws NotUnderstoodException {
    if (response.flaw() != null) {
      throw new NotUnderstoodException(response.flaw());
    }
    String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
    if (!encoding.strip().equalsIgnoreCase("identity")) {
      throw new NotUnderstoodException("it is encoded, which was not asked for");
    }
    boolean success = response.status() >= 200 && response.status() <= 299;
    MessageReader reader = new MessageReader(id, success);
    String type = response.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("text/event-stream")
        ? reader.readEvents(response.body())
        : reader.read(response.body());
  }
}
