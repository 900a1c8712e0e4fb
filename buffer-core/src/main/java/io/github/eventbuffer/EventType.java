package io.github.eventbuffer;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as {@code event_type} is sent.
 *
 * <p>The set is open, because the endpoint's list grows: the constants are the types of AdCP 3.1
 * plus {@code deposit} and {@code subscription} of the log-events guide, and {@link #of} takes any
 * other. A type is well-formed when it has 1 to 64 characters, begins with {@code a–z} and goes on
 * with {@code a–z}, {@code 0–9} and {@code _}. An ill-formed type can be made, so that nothing
 * throws in a checkout; an event that carries one is invalid. Immutable; equal when the text is
 * equal.
 */
public final class EventType {

  private static final Map<String, EventType> KNOWN = new HashMap<>();

  /** A page was viewed. */
  public static final EventType PAGE_VIEW = known("page_view");

  /** A product or another piece of content was viewed. */
  public static final EventType VIEW_CONTENT = known("view_content");

  /** A piece of content was selected. */
  public static final EventType SELECT_CONTENT = known("select_content");

  /** A product was selected from a list. */
  public static final EventType SELECT_ITEM = known("select_item");

  /** A search was made. */
  public static final EventType SEARCH = known("search");

  /** Content was shared. */
  public static final EventType SHARE = known("share");

  /** A product was put into the cart. */
  public static final EventType ADD_TO_CART = known("add_to_cart");

  /** A product was taken out of the cart. */
  public static final EventType REMOVE_FROM_CART = known("remove_from_cart");

  /** The cart was viewed. */
  public static final EventType VIEWED_CART = known("viewed_cart");

  /** A product was put on a wish list. */
  public static final EventType ADD_TO_WISHLIST = known("add_to_wishlist");

  /** The checkout was begun. */
  public static final EventType INITIATE_CHECKOUT = known("initiate_checkout");

  /** Payment details were given. */
  public static final EventType ADD_PAYMENT_INFO = known("add_payment_info");

  /** A purchase was completed. */
  public static final EventType PURCHASE = known("purchase");

  /** A purchase was refunded, in full or in part; its value is positive. */
  public static final EventType REFUND = known("refund");

  /** Somebody showed interest, for example by a form. */
  public static final EventType LEAD = known("lead");

  /** A lead was found to qualify. */
  public static final EventType QUALIFY_LEAD = known("qualify_lead");

  /** A lead became a customer. */
  public static final EventType CLOSE_CONVERT_LEAD = known("close_convert_lead");

  /** A lead was found not to qualify. */
  public static final EventType DISQUALIFY_LEAD = known("disqualify_lead");

  /** A registration was completed. */
  public static final EventType COMPLETE_REGISTRATION = known("complete_registration");

  /** A paid subscription or membership began. */
  public static final EventType SUBSCRIBE = known("subscribe");

  /** Somebody followed an account, a channel, a list or the like, free of charge. */
  public static final EventType FOLLOW = known("follow");

  /** A unit of content was read, watched or listened to. */
  public static final EventType CONTENT_VIEW = known("content_view");

  /** A threshold within content was reached; needs a progress in the custom data. */
  public static final EventType WATCH_MILESTONE = known("watch_milestone");

  /** A trial began. */
  public static final EventType START_TRIAL = known("start_trial");

  /** An application was installed. */
  public static final EventType APP_INSTALL = known("app_install");

  /** An application was launched. */
  public static final EventType APP_LAUNCH = known("app_launch");

  /** Somebody got in touch. */
  public static final EventType CONTACT = known("contact");

  /** An appointment was made. */
  public static final EventType SCHEDULE = known("schedule");

  /** A donation was made. */
  public static final EventType DONATE = known("donate");

  /** An application, for a job or a loan for example, was submitted. */
  public static final EventType SUBMIT_APPLICATION = known("submit_application");

  /** Money was deposited; listed by the log-events guide only. */
  public static final EventType DEPOSIT = known("deposit");

  /** A subscription; listed by the log-events guide only. */
  public static final EventType SUBSCRIPTION = known("subscription");

  /** None of the others; needs a {@code custom_event_name}. */
  public static final EventType CUSTOM = known("custom");

  private final String value;
  private final boolean wellFormed;

  private EventType(String value) {
    this.value = value;
    this.wellFormed = isToken(value);
  }

  private static EventType known(String value) {
    EventType type = new EventType(value);
    KNOWN.put(value, type);
    return type;
  }

  /**
   * The type of this name. Never throws.
   *
   * @param value as it is sent; null counts as empty, which is ill-formed
   */
  public static EventType of(@Nullable String value) {
    String text = value == null ? "" : value;
    EventType known = KNOWN.get(text);
    return known == null ? new EventType(text) : known;
  }

  /** The type as it is sent. */
  public String value() {
    return value;
  }

  /** Whether the text has the form of a type; it need not be one of the constants. */
  public boolean isWellFormed() {
    return wellFormed;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof EventType type && value.equals(type.value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** The type as it is sent, or its length when it is ill-formed. */
  @Override
  public String toString() {
    return wellFormed ? value : Redaction.lengthOf(value);
  }

  /** Whether {@code text} matches {@code ^[a-z][a-z0-9_]{0,63}$}. */
  static boolean isToken(String text) {
    int length = text.length();
    if (length == 0 || length > 64 || text.charAt(0) < 'a' || text.charAt(0) > 'z') {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') {
        return false;
      }
    }
    return true;
  }
}
