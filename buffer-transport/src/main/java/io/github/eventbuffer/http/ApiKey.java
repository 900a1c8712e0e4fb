package io.github.eventbuffer.http;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The key of one attempt, or why there is none. Never shows the key: not in {@link #toString()},
 * not in {@link #flaw()}.
 */
final class ApiKey {
  private static final int MAX_LENGTH = 8 * 1024;

  private final String value;
  private final @Nullable String flaw;

  private ApiKey(String value, @Nullable String flaw) {
    this.value = value;
    this.flaw = flaw;
  }

  /** Asks the application's supplier. Blocks for as long as the supplier does. */
  static ApiKey from(Supplier<? extends @Nullable String> supplier) {
    String key;
    try {
      key = supplier.get();
    } catch (Exception e) {
      // The message is the application's and may quote the secret.
      return unusable(
          "the apiKey supplier threw " + e.getClass().getName() + ": make it return the key");
    }
    if (key == null) {
      return unusable("the apiKey supplier returned null: set the key where it looks for it");
    }
    if (key.isBlank()) {
      return unusable("the apiKey supplier returned a blank key: set the key");
    }
    if (key.length() > MAX_LENGTH) {
      return unusable(
          "the API key has " + key.length() + " characters, at most " + MAX_LENGTH + " are sent");
    }
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) <= ' ' || key.charAt(i) >= 0x7F) {
        return unusable(
            "the API key has a character that no header may carry, at index "
                + i
                + " of "
                + key.length()
                + ": strip white space and line ends from the key");
      }
    }
    return new ApiKey(key, null);
  }

  /** Why the key cannot be sent and what to do; null when it can. */
  @Nullable String flaw() {
    return flaw;
  }

  /** Value of the {@code Authorization} header. Only for a key without a flaw. */
  String authorization() {
    if (flaw != null) {
      throw new IllegalStateException(flaw);
    }
    return "Bearer " + value;
  }

  /** What a reader of logs may see of a text that comes from outside. */
  PublicText publicText() {
    return new PublicText(value);
  }

  @Override
  public String toString() {
    return "ApiKey[hidden]";
  }

  private static ApiKey unusable(String reason) {
    return new ApiKey("", reason);
  }
}
