package io.github.eventbuffer.adcp;

import org.jspecify.annotations.Nullable;

/**
 * How to bring an event source to life. The snippet is code of the seller's that is made to run on
 * pages: look at it as at any code from outside.
 *
 * @param snippet what to place, or null
 * @param snippetType what the snippet is, or null
 * @param instructions for people, or null
 */
public record EventSourceSetup(
    @Nullable String snippet, @Nullable SnippetType snippetType, @Nullable String instructions) {

  /** What a snippet is. */
  public enum SnippetType {
    /** A tag for the head of the pages. */
    JAVASCRIPT,
    /** A pixel or frame for the end of the pages' body. */
    HTML,
    /** An address to send a GET to with each event. */
    PIXEL_URL,
    /** Nothing to place: events come by {@code log_event} alone, as a buffer sends them. */
    SERVER_ONLY,
    /** A word that this library does not know. */
    UNKNOWN;

    static @Nullable SnippetType of(@Nullable String word) {
      if (word == null) {
        return null;
      }
      return switch (word) {
        case "javascript" -> JAVASCRIPT;
        case "html" -> HTML;
        case "pixel_url" -> PIXEL_URL;
        case "server_only" -> SERVER_ONLY;
        default -> UNKNOWN;
      };
    }
  }
}
