package io.github.eventbuffer;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something a user did, as {@code log-event} takes it.
 *
 * <pre>{@code
 * ConversionEvent.purchase("txn_abc123", OffsetDateTime.now())
 *     .source(URI.create("https://shop.example.com/checkout/complete"))
 *     .user(UserMatch.email("Alice@Example.com "))
 *     .value("89.99", "USD")
 *     .orderId("order_55512")
 *     .build()
 * }</pre>
 *
 * <p>Building never throws for bad data, because it happens in a checkout. Null leaves an optional
 * field out; a missing required field and everything that breaks a rule comes back from {@code
 * append} as a {@link Violation}. The endpoint treats events of the same source with the same id
 * and type as one, so use an id that is stable across retries, such as the order's.
 *
 * <p>Immutable and thread-safe. {@link #toString} shows no personal data.
 */
public final class ConversionEvent {

  private final @Nullable String eventId;
  private final @Nullable EventType type;
  private final @Nullable OffsetDateTime time;
  private final @Nullable String customEventName;
  private final @Nullable ActionSource actionSource;
  private final @Nullable String eventSourceUrl;
  private final @Nullable UserMatch user;
  private final @Nullable CustomData customData;
  private final List<Violation> problems;

  private ConversionEvent(Builder builder, @Nullable UserMatch user, CustomData data) {
    eventId = builder.eventId;
    type = builder.type;
    time = builder.time;
    customEventName = builder.customEventName;
    actionSource =
        builder.actionSource == null && builder.onWebsite
            ? ActionSource.WEBSITE
            : builder.actionSource;
    eventSourceUrl = builder.eventSourceUrl;
    this.user = user == null || user.isEmpty() ? null : user;
    customData = data.isEmpty() ? null : data;
    problems = allProblems(builder.problems, user, data);
  }

  /** The problems of the event itself, of its user, its custom data and the items in there. */
  private static List<Violation> allProblems(
      Problems own, @Nullable UserMatch user, CustomData data) {
    Problems all = new Problems();
    all.addAll(own.toList());
    if (user != null) {
      all.addAll(user.problems());
    }
    all.addAll(data.problems());
    List<ContentItem> contents = data.contents();
    for (int i = 0; i < contents.size(); i++) {
      for (Violation found : contents.get(i).problems()) {
        String path = "custom_data.contents[" + i + "]." + found.field();
        all.add(new Violation(path, found.rule(), found.given()));
      }
    }
    return all.toList();
  }

  /**
   * A builder with the required fields.
   *
   * @param eventId 1–256 characters, unique per type and source; no control characters
   * @param type what happened
   * @param time when it happened; year 0 to 9999, an offset of whole minutes. From an {@link
   *     java.time.Instant}: {@code instant.atOffset(ZoneOffset.UTC)}
   */
  public static Builder builder(
      @Nullable String eventId, @Nullable EventType type, @Nullable OffsetDateTime time) {
    return new Builder(eventId, type, time);
  }

  /** A builder of a {@link EventType#PURCHASE}; see {@link #builder}. */
  public static Builder purchase(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.PURCHASE, time);
  }

  /** A builder of a {@link EventType#REFUND}, whose value is positive; see {@link #builder}. */
  public static Builder refund(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.REFUND, time);
  }

  /** A builder of a {@link EventType#LEAD}; see {@link #builder}. */
  public static Builder lead(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.LEAD, time);
  }

  /** A builder of an {@link EventType#ADD_TO_CART}; see {@link #builder}. */
  public static Builder addToCart(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.ADD_TO_CART, time);
  }

  /** A builder of an {@link EventType#INITIATE_CHECKOUT}; see {@link #builder}. */
  public static Builder initiateCheckout(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.INITIATE_CHECKOUT, time);
  }

  /** A builder of a {@link EventType#VIEW_CONTENT}; see {@link #builder}. */
  public static Builder viewContent(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.VIEW_CONTENT, time);
  }

  /** A builder of a {@link EventType#PAGE_VIEW}; see {@link #builder}. */
  public static Builder pageView(@Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.PAGE_VIEW, time);
  }

  /** A builder of a {@link EventType#COMPLETE_REGISTRATION}; see {@link #builder}. */
  public static Builder completeRegistration(
      @Nullable String eventId, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.COMPLETE_REGISTRATION, time);
  }

  /**
   * A builder of a {@link EventType#CUSTOM} event; see {@link #builder}.
   *
   * @param customEventName 1–256 characters; required. It becomes the join key of later reports, so
   *     pick a name that stays
   */
  public static Builder custom(
      @Nullable String eventId, @Nullable String customEventName, @Nullable OffsetDateTime time) {
    return builder(eventId, EventType.CUSTOM, time).customEventName(customEventName);
  }

  /** The id; null makes the event invalid. */
  public @Nullable String eventId() {
    return eventId;
  }

  /** What happened; null makes the event invalid. */
  public @Nullable EventType type() {
    return type;
  }

  /** When it happened; null makes the event invalid. */
  public @Nullable OffsetDateTime time() {
    return time;
  }

  /** The name of a custom event, or null. */
  public @Nullable String customEventName() {
    return customEventName;
  }

  /** Where it happened, or null. */
  public @Nullable ActionSource actionSource() {
    return actionSource;
  }

  /** The page on which it happened, or null. */
  public @Nullable String eventSourceUrl() {
    return eventSourceUrl;
  }

  /** By what the user can be recognised, or null when nothing is known. */
  public @Nullable UserMatch user() {
    return user;
  }

  /** What the event is worth and about, or null when nothing is known. */
  public @Nullable CustomData customData() {
    return customData;
  }

  /**
   * What the builders of this event and of its parts were given and could not take, with full
   * paths; normally empty. An event with problems is invalid. These are not all violations of the
   * event: most rules are checked by {@code append}.
   */
  public List<Violation> problems() {
    return problems;
  }

  private List<@Nullable Object> fields() {
    return Arrays.asList(
        eventId,
        type,
        time,
        customEventName,
        actionSource,
        eventSourceUrl,
        user,
        customData,
        problems);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof ConversionEvent that && fields().equals(that.fields()));
  }

  @Override
  public int hashCode() {
    return fields().hashCode();
  }

  /** Id, type, time and what else is set; no URL, no identifiers, no texts. */
  @Override
  public String toString() {
    return "ConversionEvent["
        + Redaction.of(eventId)
        + ", "
        + type
        + ", "
        + time
        + ", "
        + actionSource
        + ", "
        + user
        + ", "
        + customData
        + (problems.isEmpty() ? "]" : ", " + problems.size() + " problems]");
  }

  /**
   * Collects an event. Never throws: null leaves a field out, and what cannot be taken makes the
   * event invalid. A field given twice has the second value. May build several events one after
   * another. Not thread-safe.
   */
  public static final class Builder {

    private final @Nullable String eventId;
    private final @Nullable EventType type;
    private final @Nullable OffsetDateTime time;
    private final Problems problems = new Problems();
    private CustomData.Builder data = CustomData.builder();
    private @Nullable String customEventName;
    private @Nullable ActionSource actionSource;
    private @Nullable String eventSourceUrl;
    private @Nullable UserMatch user;
    private boolean onWebsite;

    private Builder(
        @Nullable String eventId, @Nullable EventType type, @Nullable OffsetDateTime time) {
      this.eventId = eventId;
      this.type = type;
      this.time = time;
    }

    /**
     * Sets {@code event_source_url} to the page on which the event happened, and {@code
     * action_source} to {@code website} unless one is given, before or after.
     *
     * @param page absolute; what is not ASCII in it is percent-encoded
     */
    public Builder source(@Nullable URI page) {
      if (page == null) {
        return source((String) null);
      }
      String text = page.toString();
      // With half of a surrogate pair inside, toASCIIString fails; as it is, the event is invalid.
      boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(text);
      return source(encodable ? page.toASCIIString() : text);
    }

    /** As {@link #source(URI)}, from a text, which is taken as it is. */
    public Builder source(@Nullable String page) {
      onWebsite = page != null;
      return eventSourceUrl(page);
    }

    /** Sets {@code event_source_url}, an absolute URL, and nothing else. */
    public Builder eventSourceUrl(@Nullable String url) {
      eventSourceUrl = url;
      return this;
    }

    /** Sets where the event happened. */
    public Builder actionSource(@Nullable ActionSource source) {
      actionSource = source;
      return this;
    }

    /** Sets the name of a custom event, 1–256 characters; required by type {@code custom}. */
    public Builder customEventName(@Nullable String name) {
      customEventName = name;
      return this;
    }

    /** Sets by what the user can be recognised. */
    public Builder user(@Nullable UserMatch identifiers) {
      user = identifiers;
      return this;
    }

    /** As {@link #user(UserMatch)}, with what the builder holds now. */
    public Builder user(UserMatch.@Nullable Builder identifiers) {
      return user(identifiers == null ? null : identifiers.build());
    }

    /** Sets all custom data; what was set by {@link #value} and the like before is dropped. */
    public Builder customData(@Nullable CustomData all) {
      data = all == null ? CustomData.builder() : all.toBuilder();
      return this;
    }

    /** As {@link #customData(CustomData)}, with what the builder holds now. */
    public Builder customData(CustomData.@Nullable Builder all) {
      return customData(all == null ? null : all.build());
    }

    /** See {@link CustomData.Builder#value(String, String)}. */
    public Builder value(@Nullable String amount, @Nullable String currency) {
      data.value(amount, currency);
      return this;
    }

    /** See {@link CustomData.Builder#value(BigDecimal, String)}. */
    public Builder value(@Nullable BigDecimal amount, @Nullable String currency) {
      data.value(amount, currency);
      return this;
    }

    /** See {@link CustomData.Builder#orderId}. */
    public Builder orderId(@Nullable String id) {
      data.orderId(id);
      return this;
    }

    /** See {@link CustomData.Builder#contentIds(String...)}. */
    public Builder contentIds(@Nullable String @Nullable ... ids) {
      data.contentIds(ids);
      return this;
    }

    /** See {@link CustomData.Builder#contentIds(Collection)}. */
    public Builder contentIds(@Nullable Collection<? extends @Nullable String> ids) {
      data.contentIds(ids);
      return this;
    }

    /** See {@link CustomData.Builder#contentType}. */
    public Builder contentType(@Nullable String kind) {
      data.contentType(kind);
      return this;
    }

    /** See {@link CustomData.Builder#numItems(long)}. */
    public Builder numItems(long count) {
      data.numItems(count);
      return this;
    }

    /** See {@link CustomData.Builder#numItems(Number)}. */
    public Builder numItems(@Nullable Number count) {
      data.numItems(count);
      return this;
    }

    /** See {@link CustomData.Builder#content}. */
    public Builder content(@Nullable ContentItem item) {
      data.content(item);
      return this;
    }

    /**
     * Makes the event invalid for a reason found elsewhere, for example by an adapter that reads
     * events in another form. Several may be added.
     *
     * @throws NullPointerException if {@code found} is null
     */
    public Builder problem(Violation found) {
      problems.add(Objects.requireNonNull(found, "found"));
      return this;
    }

    /** The event. Never throws. */
    public ConversionEvent build() {
      return new ConversionEvent(this, user, data.build());
    }
  }
}
