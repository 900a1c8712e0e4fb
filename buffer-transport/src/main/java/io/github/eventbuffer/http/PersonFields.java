package io.github.eventbuffer.http;

import io.github.eventbuffer.Uid;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the fields by which a person is in an audience: hashes and ids only, nothing plain.
 * What they throw names field and rule, never the value.
 */
public final class PersonFields {
  private static final int MOST_ID = 255;
  private static final int MOST_UID_TYPE = 64;
  private static final int MOST_UID = 512;
  private static final Pattern HASH = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern PLAIN = Pattern.compile("[^@\\s]+@[^@\\s]+|\\+[\\d ()./-]{8,}");

  private PersonFields() {}

  /**
   * The id that the buyer has for a person: 1 to 255 characters of valid Unicode, no e-mail address
   * or phone number.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String checkId(String externalId) {
    Objects.requireNonNull(externalId, "externalId");
    if (!isLong(externalId, MOST_ID)) {
      throw new IllegalArgumentException(
          "externalId must have 1 to 255 characters, has " + externalId.length());
    }
    if (!Unicode.isValid(externalId)) {
      throw new IllegalArgumentException("externalId must be valid Unicode");
    }
    if (PLAIN.matcher(externalId).matches()) {
      throw new IllegalArgumentException(
          "externalId must not be an e-mail address or a phone number: use an id of your own");
    }
    return externalId;
  }

  /**
   * A hash, if there is one: SHA-256 in lower-case hex.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static void checkHash(String field, @Nullable String hash) {
    if (hash != null && !HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException(
          field
              + " must be a SHA-256 in lower-case hex, 64 characters; UserMatch.email(…) and"
              + " .phone(…) make one");
    }
  }

  /**
   * Universal ids: a type of 1 to 64 and a value of 1 to 512 characters, no e-mail address or phone
   * number.
   *
   * @return a copy
   * @throws NullPointerException if the list is null, or something in it
   * @throws IllegalArgumentException if one breaks the rule
   */
  public static List<Uid> checkUids(List<Uid> uids) {
    List<Uid> copy = List.copyOf(uids);
    for (Uid uid : copy) {
      String value = uid.value();
      if (!isLong(uid.type(), MOST_UID_TYPE) || value == null || !isLong(value, MOST_UID)) {
        throw new IllegalArgumentException(
            "uids must have a type of 1 to 64 and a value of 1 to 512 characters");
      }
      if (!Unicode.isValid(uid.type()) || !Unicode.isValid(value)) {
        throw new IllegalArgumentException("uids must be valid Unicode");
      }
      if (PLAIN.matcher(value).matches()) {
        throw new IllegalArgumentException(
            "uids must not be e-mail addresses or phone numbers; UserMatch.email(…) and .phone(…)"
                + " hash them");
      }
    }
    return copy;
  }

  private static boolean isLong(@Nullable String text, int most) {
    return text != null && !text.isEmpty() && text.length() <= most;
  }
}
