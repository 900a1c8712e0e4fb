package io.github.eventbuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The definition of an event source: what is registered on an advertiser before events are logged
 * for it. Immutable; equal when all fields are equal.
 *
 * <p>The fields are those of {@code event-sources/sync}. Unlike an event, a definition is part of
 * the application's configuration, so a wrong one is refused at once by an exception.
 *
 * @see EventBuffer.Builder#eventSource
 */
public final class EventSource {
  private static final int MOST_ID = 255;
  private static final int MOST_NAME = 255;
  private static final int MOST_PLATFORM = 128;
  private static final int MOST_TEST_CODE = 256;
  private static final int MOST_DOMAIN = 253;

  /** A host name, or all below one; neither a URL nor a port. */
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private final String eventSourceId;
  private final @Nullable String name;
  private final List<EventType> eventTypes;
  private final List<String> allowedDomains;
  private final @Nullable String integrationPlatform;
  private final @Nullable FieldMapping mapping;
  private final @Nullable String testEventCode;

  private EventSource(Builder builder) {
    eventSourceId = builder.eventSourceId;
    name = builder.name;
    eventTypes = List.copyOf(builder.eventTypes);
    allowedDomains = List.copyOf(builder.allowedDomains);
    integrationPlatform = builder.integrationPlatform;
    mapping = builder.mapping;
    testEventCode = builder.testEventCode;
  }

  /**
   * A source with its id alone: it accepts all types of events.
   *
   * @throws NullPointerException if {@code eventSourceId} is null
   * @throws IllegalArgumentException if it does not have 1 to 255 characters, or has half of a
   *     surrogate pair
   */
  public static EventSource of(String eventSourceId) {
    return builder(eventSourceId).build();
  }

  /**
   * Begins a definition.
   *
   * @param eventSourceId your own id for it, the one that a {@link Destination} names; 1 to 255
   *     characters
   * @throws NullPointerException if {@code eventSourceId} is null
   * @throws IllegalArgumentException if it has another length, or half of a surrogate pair
   */
  public static Builder builder(String eventSourceId) {
    return new Builder(checked("eventSourceId", eventSourceId, MOST_ID));
  }

  /** Your own id for it. */
  public String eventSourceId() {
    return eventSourceId;
  }

  /** Its name for people, or null. */
  public @Nullable String name() {
    return name;
  }

  /** The types that it accepts, in the order given; empty for all. */
  public List<EventType> eventTypes() {
    return eventTypes;
  }

  /** The domains that may send events for it, in the order given; empty for all. */
  public List<String> allowedDomains() {
    return allowedDomains;
  }

  /** The system that the events come from, or null. */
  public @Nullable String integrationPlatform() {
    return integrationPlatform;
  }

  /** From which fields of that system the events are made, or null. */
  public @Nullable FieldMapping mapping() {
    return mapping;
  }

  /** The test code for events while the integration is validated, or null. */
  public @Nullable String testEventCode() {
    return testEventCode;
  }

  private List<@Nullable Object> parts() {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(eventSourceId);
    parts.add(name);
    parts.add(eventTypes);
    parts.add(allowedDomains);
    parts.add(integrationPlatform);
    parts.add(mapping);
    parts.add(testEventCode);
    return parts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EventSource source && parts().equals(source.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** Its id, for people. */
  @Override
  public String toString() {
    return "EventSource[" + eventSourceId + "]";
  }

  private static String checked(String field, String value, int most) {
    Objects.requireNonNull(value, field);
    if (value.isEmpty() || value.length() > most) {
      throw new IllegalArgumentException(
          field + " must have 1 to " + most + " characters, has " + value.length());
    }
    return encodable(field, value);
  }

  /** Refused here, because on the way out it would look like a connection that broke. */
  static String encodable(String field, String value) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException(field + " must not have half of a surrogate pair");
    }
    return value;
  }

  /** Builds a definition. Not thread-safe. */
  public static final class Builder {
    private final String eventSourceId;
    private @Nullable String name;
    private final Set<EventType> eventTypes = new LinkedHashSet<>();
    private final Set<String> allowedDomains = new LinkedHashSet<>();
    private @Nullable String integrationPlatform;
    private @Nullable FieldMapping mapping;
    private @Nullable String testEventCode;

    private Builder(String eventSourceId) {
      this.eventSourceId = eventSourceId;
    }

    /**
     * A name for people, 1 to 255 characters. Default: none.
     *
     * @throws NullPointerException if {@code name} is null
     * @throws IllegalArgumentException if it has another length, or half of a surrogate pair
     */
    public Builder name(String name) {
      this.name = checked("name", name, MOST_NAME);
      return this;
    }

    /**
     * Adds types that the source accepts; one that was added before is not added again. Default:
     * none, which accepts all.
     *
     * @throws NullPointerException if one is null
     * @throws IllegalArgumentException if one is not well-formed
     */
    public Builder eventTypes(EventType... types) {
      for (EventType type : types) {
        if (!type.isWellFormed()) {
          throw new IllegalArgumentException(
              "eventTypes must match ^[a-z][a-z0-9_]{0,63}$, one is " + type);
        }
        eventTypes.add(type);
      }
      return this;
    }

    /**
     * Adds domains that may send events for the source, for example {@code shop.example.com} or
     * {@code *.example.com}; upper case is lowered. Default: none, which allows all.
     *
     * @throws NullPointerException if one is null
     * @throws IllegalArgumentException if one is not a host name: without scheme, port, path and
     *     white space, at most 253 characters
     */
    public Builder allowedDomains(String... domains) {
      for (String domain : domains) {
        String lower = domain.toLowerCase(Locale.ROOT);
        if (lower.length() > MOST_DOMAIN || !DOMAIN.matcher(lower).matches()) {
          throw new IllegalArgumentException(
              "allowedDomains must be host names like shop.example.com, without scheme, port or"
                  + " path; one is \""
                  + (domain.length() > MOST_DOMAIN ? domain.substring(0, MOST_DOMAIN) : domain)
                  + '"');
        }
        allowedDomains.add(lower);
      }
      return this;
    }

    /**
     * The system that the events come from, for example {@code Hightouch}; 1 to 128 characters.
     * Default: none.
     *
     * @throws NullPointerException if {@code integrationPlatform} is null
     * @throws IllegalArgumentException if it has another length, or half of a surrogate pair
     */
    public Builder integrationPlatform(String integrationPlatform) {
      this.integrationPlatform = checked("integrationPlatform", integrationPlatform, MOST_PLATFORM);
      return this;
    }

    /**
     * From which fields of that system the events are made. Default: none.
     *
     * @throws NullPointerException if {@code mapping} is null
     */
    public Builder mapping(FieldMapping mapping) {
      this.mapping = Objects.requireNonNull(mapping, "mapping");
      return this;
    }

    /**
     * The test code for events while the integration is validated, 1 to 256 characters. Default:
     * none.
     *
     * @throws NullPointerException if {@code testEventCode} is null
     * @throws IllegalArgumentException if it has another length, or half of a surrogate pair
     */
    public Builder testEventCode(String testEventCode) {
      this.testEventCode = checked("testEventCode", testEventCode, MOST_TEST_CODE);
      return this;
    }

    /** The definition. */
    public EventSource build() {
      return new EventSource(this);
    }
  }
}
