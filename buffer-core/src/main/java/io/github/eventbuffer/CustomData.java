package io.github.eventbuffer;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an event is worth and what it is about ({@code custom_data}).
 *
 * <p>Immutable and thread-safe. Every field may be absent: null, or an empty list. The limits are
 * those of the log-event reference; {@code content_name}, {@code content_category}, {@code
 * search_string} and the two progress fields come from AdCP 3.1.
 */
public final class CustomData {

  private final @Nullable BigDecimal value;
  private final @Nullable String currency;
  private final @Nullable String orderId;
  private final List<String> contentIds;
  private final @Nullable String contentType;
  private final @Nullable String contentName;
  private final @Nullable String contentCategory;
  private final @Nullable Long numItems;
  private final @Nullable String searchString;
  private final @Nullable BigDecimal progressPercent;
  private final @Nullable BigDecimal progressSeconds;
  private final List<ContentItem> contents;
  private final List<Violation> problems;

  private CustomData(Builder builder) {
    value = builder.value;
    currency = builder.currency;
    orderId = builder.orderId;
    contentIds = List.copyOf(builder.contentIds);
    contentType = builder.contentType;
    contentName = builder.contentName;
    contentCategory = builder.contentCategory;
    numItems = builder.numItems;
    searchString = builder.searchString;
    progressPercent = builder.progressPercent;
    progressSeconds = builder.progressSeconds;
    contents = List.copyOf(builder.contents);
    problems = builder.problems.toList();
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.value = value;
    builder.currency = currency;
    builder.orderId = orderId;
    builder.contentIds.addAll(contentIds);
    builder.contentType = contentType;
    builder.contentName = contentName;
    builder.contentCategory = contentCategory;
    builder.numItems = numItems;
    builder.searchString = searchString;
    builder.progressPercent = progressPercent;
    builder.progressSeconds = progressSeconds;
    builder.contents.addAll(contents);
    builder.problems.addAll(problems);
    return builder;
  }

  /** Monetary value in units of the currency, or null. */
  public @Nullable BigDecimal value() {
    return value;
  }

  /** ISO 4217 code, or null. */
  public @Nullable String currency() {
    return currency;
  }

  /** The order's id, or null. */
  public @Nullable String orderId() {
    return orderId;
  }

  /** SKUs or other product ids; may be empty; unmodifiable. */
  public List<String> contentIds() {
    return contentIds;
  }

  /** Kind of the content, for example {@code product}, or null. */
  public @Nullable String contentType() {
    return contentType;
  }

  /** Name of the content, or null. */
  public @Nullable String contentName() {
    return contentName;
  }

  /** Category of the content, or null. */
  public @Nullable String contentCategory() {
    return contentCategory;
  }

  /** Number of items, or null. */
  public @Nullable Long numItems() {
    return numItems;
  }

  /** What was searched for, or null. */
  public @Nullable String searchString() {
    return searchString;
  }

  /** How much of the content was reached, in percent, or null. */
  public @Nullable BigDecimal progressPercent() {
    return progressPercent;
  }

  /** How much of the content was reached, in seconds, or null. */
  public @Nullable BigDecimal progressSeconds() {
    return progressSeconds;
  }

  /** The lines of the cart or order; may be empty; unmodifiable. */
  public List<ContentItem> contents() {
    return contents;
  }

  /**
   * What the builder was given and could not take; normally empty. Makes the event invalid. Does
   * not list the problems of {@link #contents()}, which each item has of its own.
   */
  public List<Violation> problems() {
    return problems;
  }

  /** Whether no field is set. */
  public boolean isEmpty() {
    return value == null
        && currency == null
        && orderId == null
        && contentIds.isEmpty()
        && contentType == null
        && contentName == null
        && contentCategory == null
        && numItems == null
        && searchString == null
        && progressPercent == null
        && progressSeconds == null
        && contents.isEmpty();
  }

  private List<@Nullable Object> fields() {
    return Arrays.asList(
        value,
        currency,
        orderId,
        contentIds,
        contentType,
        contentName,
        contentCategory,
        numItems,
        searchString,
        progressPercent,
        progressSeconds,
        contents,
        problems);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof CustomData that && fields().equals(that.fields()));
  }

  @Override
  public int hashCode() {
    return fields().hashCode();
  }

  /** Value, currency and counts; no texts. */
  @Override
  public String toString() {
    return "CustomData[value="
        + value
        + ", currency="
        + Redaction.of(currency)
        + ", content_ids="
        + contentIds.size()
        + ", contents="
        + contents.size()
        + "]";
  }

  /**
   * Collects custom data. Never throws: null leaves a field out, and what cannot be taken makes the
   * event invalid. A field given twice has the second value. Not thread-safe.
   */
  public static final class Builder {

    private final List<String> contentIds = new ArrayList<>();
    private final List<ContentItem> contents = new ArrayList<>();
    private final Problems problems = new Problems();
    private @Nullable BigDecimal value;
    private @Nullable String currency;
    private @Nullable String orderId;
    private @Nullable String contentType;
    private @Nullable String contentName;
    private @Nullable String contentCategory;
    private @Nullable Long numItems;
    private @Nullable String searchString;
    private @Nullable BigDecimal progressPercent;
    private @Nullable BigDecimal progressSeconds;

    private Builder() {}

    /**
     * Sets value and currency.
     *
     * @param amount in units of the currency, not in cents: 0 or more, for refunds too; less than
     *     10<sup>30</sup>, with at most 100 decimal places; null leaves both out
     * @param currency three capital letters, ISO 4217; required with an amount
     */
    public Builder value(@Nullable BigDecimal amount, @Nullable String currency) {
      return value(amount).currency(amount == null ? null : currency);
    }

    /** As {@link #value(BigDecimal, String)}, from a decimal number such as {@code 89.99}. */
    public Builder value(@Nullable String amount, @Nullable String currency) {
      value = Amount.parse("custom_data.value", amount, problems);
      return currency(amount == null ? null : currency);
    }

    /** Sets the value alone; conditions as for {@link #value(BigDecimal, String)}. */
    public Builder value(@Nullable BigDecimal amount) {
      problems.clear("custom_data.value");
      value = amount;
      return this;
    }

    /** Sets the currency alone: three capital letters, ISO 4217. */
    public Builder currency(@Nullable String code) {
      currency = code;
      return this;
    }

    /** Sets the order's id, at most 256 characters. */
    public Builder orderId(@Nullable String id) {
      orderId = id;
      return this;
    }

    /** Sets the product ids, at most 256 characters each; null ids are left out. */
    public Builder contentIds(@Nullable String @Nullable ... ids) {
      return contentIds(ids == null ? null : Arrays.asList(ids));
    }

    /** Sets the product ids, at most 256 characters each; null ids are left out. */
    public Builder contentIds(@Nullable Collection<? extends @Nullable String> ids) {
      contentIds.clear();
      if (ids != null) {
        ids.stream().filter(Objects::nonNull).forEach(contentIds::add);
      }
      return this;
    }

    /** Sets the kind of the content, at most 128 characters, for example {@code product}. */
    public Builder contentType(@Nullable String type) {
      contentType = type;
      return this;
    }

    /** Sets the name of the content (AdCP 3.1). */
    public Builder contentName(@Nullable String name) {
      contentName = name;
      return this;
    }

    /** Sets the category of the content (AdCP 3.1). */
    public Builder contentCategory(@Nullable String category) {
      contentCategory = category;
      return this;
    }

    /** Sets the number of items, 0 to 2<sup>53</sup> − 1. */
    public Builder numItems(long count) {
      return numItems(Long.valueOf(count));
    }

    /** Sets the number of items, whole, 0 to 2<sup>53</sup> − 1; null leaves it out. */
    public Builder numItems(@Nullable Number count) {
      numItems = Amount.whole("custom_data.num_items", count, problems);
      return this;
    }

    /** Sets what was searched for (AdCP 3.1). */
    public Builder searchString(@Nullable String text) {
      searchString = text;
      return this;
    }

    /** Sets how much of the content was reached, 0 to 100 percent (AdCP 3.1). */
    public Builder progressPercent(double percent) {
      progressPercent = Amount.finite("custom_data.progress_percent", percent, problems);
      return this;
    }

    /** Sets how much of the content was reached, 0 to 100 percent; null leaves it out. */
    public Builder progressPercent(@Nullable BigDecimal percent) {
      problems.clear("custom_data.progress_percent");
      progressPercent = percent;
      return this;
    }

    /** Sets how much of the content was reached, in seconds, 0 or more (AdCP 3.1). */
    public Builder progressSeconds(double seconds) {
      progressSeconds = Amount.finite("custom_data.progress_seconds", seconds, problems);
      return this;
    }

    /** Sets how much of the content was reached, in seconds, 0 or more; null leaves it out. */
    public Builder progressSeconds(@Nullable BigDecimal seconds) {
      problems.clear("custom_data.progress_seconds");
      progressSeconds = seconds;
      return this;
    }

    /** Adds a line of the cart or order; null is left out. */
    public Builder content(@Nullable ContentItem item) {
      if (item != null) {
        contents.add(item);
      }
      return this;
    }

    /** Sets the lines of the cart or order; null lines are left out. */
    public Builder contents(@Nullable Collection<? extends @Nullable ContentItem> items) {
      contents.clear();
      if (items != null) {
        items.forEach(this::content);
      }
      return this;
    }

    /** The data collected so far. Never throws. */
    public CustomData build() {
      return new CustomData(this);
    }
  }
}
