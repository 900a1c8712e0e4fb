package io.github.eventbuffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * By what the user of an event can be recognised ({@code user_match}).
 *
 * <p>An event needs at least one usable identifier: a uid, a hash, a click id, or an IP address
 * together with a user agent (log-event reference). Plain e-mail addresses and phone numbers never
 * get in: {@link #email} and {@link #phone} keep the SHA-256 only. All of it is personal data
 * nevertheless, so {@link #toString} names the fields that are set and shows none.
 *
 * <p>Immutable and thread-safe. Every field may be absent: null, or an empty list.
 */
public final class UserMatch {

  private final List<Uid> uids;
  private final @Nullable String hashedEmail;
  private final @Nullable String hashedPhone;
  private final @Nullable String clickId;
  private final @Nullable String clickIdType;
  private final @Nullable String clientIp;
  private final @Nullable String clientUserAgent;
  private final List<Violation> problems;

  private UserMatch(Builder builder) {
    uids = List.copyOf(builder.uids);
    hashedEmail = builder.hashedEmail;
    hashedPhone = builder.hashedPhone;
    clickId = builder.clickId;
    clickIdType = builder.clickIdType;
    clientIp = builder.clientIp;
    clientUserAgent = builder.clientUserAgent;
    problems = builder.problems.toList();
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with {@link Builder#email}. */
  public static Builder email(@Nullable String address) {
    return builder().email(address);
  }

  /** A builder with {@link Builder#phone}. */
  public static Builder phone(@Nullable String number) {
    return builder().phone(number);
  }

  /** A builder with {@link Builder#hashedEmail}. */
  public static Builder hashedEmail(@Nullable String hash) {
    return builder().hashedEmail(hash);
  }

  /** A builder with {@link Builder#hashedPhone}. */
  public static Builder hashedPhone(@Nullable String hash) {
    return builder().hashedPhone(hash);
  }

  /** A builder with {@link Builder#uid}. */
  public static Builder uid(@Nullable String type, @Nullable String value) {
    return builder().uid(type, value);
  }

  /** A builder with {@link Builder#clickId}. */
  public static Builder clickId(@Nullable String type, @Nullable String id) {
    return builder().clickId(type, id);
  }

  /** The universal ids, in the order given; may be empty; unmodifiable. */
  public List<Uid> uids() {
    return uids;
  }

  /** SHA-256 of the e-mail address, or null. */
  public @Nullable String hashedEmail() {
    return hashedEmail;
  }

  /** SHA-256 of the phone number, or null. */
  public @Nullable String hashedPhone() {
    return hashedPhone;
  }

  /** The click id, or null. */
  public @Nullable String clickId() {
    return clickId;
  }

  /** The kind of the click id, for example {@code gclid}, or null. */
  public @Nullable String clickIdType() {
    return clickIdType;
  }

  /** The user's IP address, or null. */
  public @Nullable String clientIp() {
    return clientIp;
  }

  /** The user's browser, or null. */
  public @Nullable String clientUserAgent() {
    return clientUserAgent;
  }

  /** What the builder was given and could not take; normally empty. Makes the event invalid. */
  public List<Violation> problems() {
    return problems;
  }

  /** Whether no field is set. */
  public boolean isEmpty() {
    return uids.isEmpty()
        && hashedEmail == null
        && hashedPhone == null
        && clickId == null
        && clickIdType == null
        && clientIp == null
        && clientUserAgent == null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof UserMatch that
            && uids.equals(that.uids)
            && Objects.equals(hashedEmail, that.hashedEmail)
            && Objects.equals(hashedPhone, that.hashedPhone)
            && Objects.equals(clickId, that.clickId)
            && Objects.equals(clickIdType, that.clickIdType)
            && Objects.equals(clientIp, that.clientIp)
            && Objects.equals(clientUserAgent, that.clientUserAgent)
            && problems.equals(that.problems));
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        uids, hashedEmail, hashedPhone, clickId, clickIdType, clientIp, clientUserAgent);
  }

  /** The names of the fields that are set; no values. */
  @Override
  public String toString() {
    List<String> set = new ArrayList<>();
    if (!uids.isEmpty()) {
      set.add(uids.size() + " uids");
    }
    addIfSet(set, "hashed_email", hashedEmail);
    addIfSet(set, "hashed_phone", hashedPhone);
    addIfSet(set, "click_id", clickId);
    addIfSet(set, "click_id_type", clickIdType);
    addIfSet(set, "client_ip", clientIp);
    addIfSet(set, "client_user_agent", clientUserAgent);
    return "UserMatch" + set;
  }

  private static void addIfSet(List<String> set, String name, @Nullable String value) {
    if (value != null) {
      set.add(name);
    }
  }

  /**
   * Collects identifiers. Never throws: null leaves a field out, and what cannot be taken makes the
   * event invalid. A field given twice has the second value. Not thread-safe.
   */
  public static final class Builder {

    private final List<Uid> uids = new ArrayList<>();
    private final Problems problems = new Problems();
    private @Nullable String hashedEmail;
    private @Nullable String hashedPhone;
    private @Nullable String clickId;
    private @Nullable String clickIdType;
    private @Nullable String clientIp;
    private @Nullable String clientUserAgent;

    private Builder() {}

    /**
     * Sets {@code hashed_email} from a plain address: white space around it is removed, letters are
     * lower-cased independently of the default locale, SHA-256. The address itself is not kept.
     *
     * @param address null leaves the field out; what is no address, an empty text included, makes
     *     the event invalid
     */
    public Builder email(@Nullable String address) {
      problems.clear("user_match.hashed_email");
      hashedEmail = address == null ? null : ContactHash.email(address);
      if (address != null && hashedEmail == null) {
        problems.set(
            "user_match.hashed_email",
            "made from an e-mail address",
            address.length() + " characters, not an e-mail address");
      }
      return this;
    }

    /**
     * Sets {@code hashed_phone} from a plain number: normalised to E.164 ({@code +} and 7 to 15
     * digits), SHA-256. Spaces, dashes, dots, slashes and parentheses are removed, a leading {@code
     * 00} counts as {@code +}. The number itself is not kept.
     *
     * @param number with its country code; null leaves the field out; what is no international
     *     number, an empty text or a national number included, makes the event invalid, and so does
     *     a trunk zero as in {@code +44 (0)20}
     */
    public Builder phone(@Nullable String number) {
      problems.clear("user_match.hashed_phone");
      hashedPhone = number == null ? null : ContactHash.phone(number);
      if (number != null && hashedPhone == null) {
        problems.set(
            "user_match.hashed_phone",
            "made from a phone number with + and country code, 7 to 15 digits, no (0)",
            number.length() + " characters, not an international phone number");
      }
      return this;
    }

    /** Sets {@code hashed_email}: SHA-256 as 64 lower-case hexadecimal digits. */
    public Builder hashedEmail(@Nullable String hash) {
      problems.clear("user_match.hashed_email");
      hashedEmail = hash;
      return this;
    }

    /** Sets {@code hashed_phone}: SHA-256 as 64 lower-case hexadecimal digits. */
    public Builder hashedPhone(@Nullable String hash) {
      problems.clear("user_match.hashed_phone");
      hashedPhone = hash;
      return this;
    }

    /**
     * Adds a universal id.
     *
     * @param type 1–64 characters, for example {@code rampid}; required
     * @param value 1–512 characters; null leaves the id out
     */
    public Builder uid(@Nullable String type, @Nullable String value) {
      return value == null ? this : uid(new Uid(type, value));
    }

    /** Adds a universal id; null is left out. */
    public Builder uid(@Nullable Uid uid) {
      if (uid != null) {
        uids.add(uid);
      }
      return this;
    }

    /**
     * Sets the click id.
     *
     * @param type its kind, at most 64 characters, for example {@code fbclid}, {@code gclid},
     *     {@code ttclid}, {@code sc3clid}; null leaves the kind out
     * @param id at most 512 characters; null leaves both out
     */
    public Builder clickId(@Nullable String type, @Nullable String id) {
      clickIdType = id == null ? null : type;
      clickId = id;
      return this;
    }

    /** Sets the kind of the click id alone, at most 64 characters; of no use without the id. */
    public Builder clickIdType(@Nullable String type) {
      clickIdType = type;
      return this;
    }

    /** Sets the IP address, at most 45 characters; usable together with a user agent only. */
    public Builder clientIp(@Nullable String ip) {
      clientIp = ip;
      return this;
    }

    /** Sets the user agent, at most 512 characters; usable together with an IP address only. */
    public Builder clientUserAgent(@Nullable String userAgent) {
      clientUserAgent = userAgent;
      return this;
    }

    /** The identifiers collected so far. Never throws. */
    public UserMatch build() {
      return new UserMatch(this);
    }
  }
}
