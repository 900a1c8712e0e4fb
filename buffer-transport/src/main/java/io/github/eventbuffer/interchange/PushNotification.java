package io.github.eventbuffer.interchange;

import java.net.URI;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the endpoint tells that a task is done (AdCP {@code push-notification-config}).
 *
 * @param url absolute http or https URL of your own
 * @param operationId comes back with each notification; 1 to 255 of {@code A-Za-z0-9_.:-}; or null
 * @param token comes back with each notification, to tell it from others'; 16 to 4,096 characters;
 *     or null; a secret
 */
public record PushNotification(URI url, @Nullable String operationId, @Nullable String token) {
  private static final Pattern OPERATION_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,255}");
  private static final int LEAST_TOKEN = 16;
  private static final int MOST_TOKEN = 4_096;

  /**
   * Checks the fields.
   *
   * @throws NullPointerException if {@code url} is null
   * @throws IllegalArgumentException if a field breaks its rule, naming it
   */
  public PushNotification {
    Objects.requireNonNull(url, "url");
    if (!url.isAbsolute() || url.getHost() == null || !url.getScheme().startsWith("http")) {
      throw new IllegalArgumentException("url must be an absolute http or https URL");
    }
    if (operationId != null && !OPERATION_ID.matcher(operationId).matches()) {
      throw new IllegalArgumentException("operationId must match " + OPERATION_ID);
    }
    if (token != null && (token.length() < LEAST_TOKEN || token.length() > MOST_TOKEN)) {
      throw new IllegalArgumentException(
          "token must have 16 to 4096 characters, has " + token.length());
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "PushNotification[" + url.getHost() + "]";
  }
}
