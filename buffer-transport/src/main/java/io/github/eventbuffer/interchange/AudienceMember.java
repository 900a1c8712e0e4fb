package io.github.eventbuffer.interchange;

import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A member of an audience, by hashes and ids only. Personal data all the same. Immutable.
 *
 * @param externalId your own id of the person, 1 to 255 characters; not an e-mail address or phone
 *     number
 * @param hashedEmail SHA-256 of the normalised e-mail address in lower-case hex, or null
 * @param hashedPhone SHA-256 of the phone number by E.164 in lower-case hex, or null
 * @param uids universal ids; may be empty
 */
public record AudienceMember(
    String externalId, @Nullable String hashedEmail, @Nullable String hashedPhone, List<Uid> uids) {
  private static final int MOST_ID = 255;
  private static final int MOST_UID_TYPE = 64;
  private static final int MOST_UID = 512;
  private static final Pattern HASH = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern PLAIN = Pattern.compile("[^@\\s]+@[^@\\s]+|\\+[\\d ()./-]{8,}");

  /**
   * Checks the fields.
   *
   * @throws NullPointerException if {@code externalId} or {@code uids} is null
   * @throws IllegalArgumentException if a field breaks its rule; the message names field and rule,
   *     never the value
   */
  public AudienceMember {
    checkId(externalId);
    checkHash("hashedEmail", hashedEmail);
    checkHash("hashedPhone", hashedPhone);
    uids = List.copyOf(uids);
    for (Uid uid : uids) {
      if (!isLong(uid.type(), MOST_UID_TYPE) || !isLong(uid.value(), MOST_UID)) {
        throw new IllegalArgumentException(
            "uids must have a type of 1 to 64 and a value of 1 to 512 characters");
      }
    }
  }

  /**
   * A member that is matched by its external id alone.
   *
   * @throws NullPointerException if {@code externalId} is null
   * @throws IllegalArgumentException as the constructor
   */
  public static AudienceMember of(String externalId) {
    return new AudienceMember(externalId, null, null, List.of());
  }

  /**
   * A member by the hashes and universal ids of a user match, which hashes e-mail addresses and
   * phone numbers. Its other fields have no place in an audience and are left out.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException as the constructor, and if the user match could not make a
   *     hash
   */
  public static AudienceMember of(String externalId, UserMatch user) {
    if (!user.problems().isEmpty()) {
      throw new IllegalArgumentException("user is not usable: " + user.problems());
    }
    return new AudienceMember(externalId, user.hashedEmail(), user.hashedPhone(), user.uids());
  }

  static String checkId(String externalId) {
    Objects.requireNonNull(externalId, "externalId");
    if (!isLong(externalId, MOST_ID)) {
      throw new IllegalArgumentException(
          "externalId must have 1 to 255 characters, has " + externalId.length());
    }
    if (PLAIN.matcher(externalId).matches()) {
      throw new IllegalArgumentException(
          "externalId must not be an e-mail address or a phone number: use an id of your own");
    }
    return externalId;
  }

  private static boolean isLong(@Nullable String text, int most) {
    return text != null && !text.isEmpty() && text.length() <= most;
  }

  private static void checkHash(String field, @Nullable String hash) {
    if (hash != null && !HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException(
          field
              + " must be a SHA-256 in lower-case hex, 64 characters; UserMatch.email(…) and"
              + " .phone(…) make one");
    }
  }

  /** Nothing of the person. */
  @Override
  public String toString() {
    return "AudienceMember[…]";
  }
}
