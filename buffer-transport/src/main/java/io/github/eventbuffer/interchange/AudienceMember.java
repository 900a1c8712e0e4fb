package io.github.eventbuffer.interchange;

import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.http.PersonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of an audience, by hashes and ids only. Personal data all the same. Immutable.
 *
 * @param externalId your own id of the person, 1 to 255 characters; not an e-mail address or phone
 *     number
 * @param hashedEmail SHA-256 of the normalised e-mail address in lower-case hex, or null
 * @param hashedPhone SHA-256 of the phone number by E.164 in lower-case hex, or null
 * @param uids universal ids, none of them an e-mail address or phone number; may be empty
 */
public record AudienceMember(
    String externalId, @Nullable String hashedEmail, @Nullable String hashedPhone, List<Uid> uids) {
  /**
   * Checks the fields.
   *
   * @throws NullPointerException if {@code externalId} or {@code uids} is null
   * @throws IllegalArgumentException if a field breaks its rule; the message names field and rule,
   *     never the value
   */
  public AudienceMember {
    PersonFields.checkId(externalId);
    PersonFields.checkHash("hashedEmail", hashedEmail);
    PersonFields.checkHash("hashedPhone", hashedPhone);
    uids = PersonFields.checkUids(uids);
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

  /** Nothing of the person. */
  @Override
  public String toString() {
    return "AudienceMember[…]";
  }
}
