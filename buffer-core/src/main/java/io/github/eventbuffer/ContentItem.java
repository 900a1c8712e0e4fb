package io.github.eventbuffer;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a cart or an order ({@code custom_data.contents[]}).
 *
 * <pre>{@code
 * ContentItem.of("sku_red_shoe_42").quantity(2).price("44.95").brand("Example")
 * }</pre>
 *
 * Immutable and thread-safe; the setters return a changed copy. Nothing throws for bad data: null
 * leaves a field out, and what cannot be taken makes the event invalid.
 */
public final class ContentItem {

  private final @Nullable String id;
  private final @Nullable Long quantity;
  private final @Nullable BigDecimal price;
  private final @Nullable String brand;
  private final List<Violation> problems;

  private ContentItem(
      @Nullable String id,
      @Nullable Long quantity,
      @Nullable BigDecimal price,
      @Nullable String brand,
      Problems problems) {
    this.id = id;
    this.quantity = quantity;
    this.price = price;
    this.brand = brand;
    this.problems = problems.toList();
  }

  /**
   * An item with an id and nothing else.
   *
   * @param id SKU or other id, at most 256 characters; required (AdCP 3.1)
   */
  public static ContentItem of(@Nullable String id) {
    return new ContentItem(id, null, null, null, new Problems());
  }

  /** With this quantity, 1 or more. */
  public ContentItem quantity(long count) {
    return quantity(Long.valueOf(count));
  }

  /** With this quantity, a whole number, 1 or more; null leaves it out. */
  public ContentItem quantity(@Nullable Number count) {
    Problems changed = copyOfProblems();
    return new ContentItem(id, Amount.whole("quantity", count, changed), price, brand, changed);
  }

  /** With this price of one piece in the event's currency, 0 or more; null leaves it out. */
  public ContentItem price(@Nullable BigDecimal amount) {
    Problems changed = copyOfProblems();
    changed.clear("price");
    return new ContentItem(id, quantity, amount, brand, changed);
  }

  /** As {@link #price(BigDecimal)}, from a decimal number such as {@code 44.95}. */
  public ContentItem price(@Nullable String amount) {
    Problems changed = copyOfProblems();
    return new ContentItem(id, quantity, Amount.parse("price", amount, changed), brand, changed);
  }

  /** With this brand, at most 256 characters; null leaves it out. */
  public ContentItem brand(@Nullable String name) {
    return new ContentItem(id, quantity, price, name, copyOfProblems());
  }

  /** The id, or null, which makes the event invalid. */
  public @Nullable String id() {
    return id;
  }

  /** The number of pieces, or null. */
  public @Nullable Long quantity() {
    return quantity;
  }

  /** The price of one piece, or null. */
  public @Nullable BigDecimal price() {
    return price;
  }

  /** The brand, or null. */
  public @Nullable String brand() {
    return brand;
  }

  /**
   * What the item was given and could not take; normally empty. The fields are named within the
   * item, for example {@code price}.
   */
  public List<Violation> problems() {
    return problems;
  }

  private Problems copyOfProblems() {
    Problems copy = new Problems();
    copy.addAll(problems);
    return copy;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof ContentItem that
            && Objects.equals(id, that.id)
            && Objects.equals(quantity, that.quantity)
            && Objects.equals(price, that.price)
            && Objects.equals(brand, that.brand)
            && problems.equals(that.problems));
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, quantity, price, brand);
  }

  @Override
  public String toString() {
    return "ContentItem[id=" + Redaction.of(id) + ", quantity=" + quantity + "]";
  }
}
