package io.github.eventbuffer.adcp;

import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.http.PersonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of an audience at a seller ({@code core/audience-member.json} of AdCP 3.1), by hashes
 * and ids only. Personal data all the same. At least one of hashes and universal ids is there: the
 * seller cannot match by an id of yours. Immutable.
 *
 * @param externalId your own id of the person, 1 to 255 characters, by which the seller tells
 *     members apart; not an e-mail address or phone number
 * @param hashedEmail SHA-256 of the normalised e-mail address in lower-case hex, or null
 * @param hashedPhone SHA-256 of the phone number by E.164 in lower-case hex, or null
 * @param uids universal ids of the types that AdCP 3.1.19 names ({@code enums/uid-type.json}), none
 *     of them an e-mail address or phone number; may be empty
 */
public record AdcpAudienceMember(
    String externalId, @Nullable String hashedEmail, @Nullable String hashedPhone, List<Uid> uids) {

  /** As {@code enums/uid-type.json} of AdCP 3.1.19 has it: a seller may refuse a whole request. */
  private static final Set<String> UID_TYPES =
      Set.of(
          "rampid",
          "rampid_derived",
          "id5",
          "uid2",
          "euid",
          "pairid",
          "maid",
          "hashed_email",
          "publisher_first_party",
          "world_id_nullifier",
          "other");

  /**
   * Checks the fields.
   *
   * @throws NullPointerException if {@code externalId} or {@code uids} is null
   * @throws IllegalArgumentException if a field breaks its rule, or there are neither hashes nor
   *     universal ids; the message names field and rule, never the value
   */
  public AdcpAudienceMember {
    PersonFields.checkId(externalId);
    PersonFields.checkHash("hashedEmail", hashedEmail);
    PersonFields.checkHash("hashedPhone", hashedPhone);
    uids = PersonFields.checkUids(uids);
    for (Uid uid : uids) {
      if (!UID_TYPES.contains(Objects.requireNonNull(uid.type()))) {
        throw new IllegalArgumentException("uids must have types of AdCP 3.1: " + UID_TYPES);
      }
    }
    if (hashedEmail == null && hashedPhone == null && uids.isEmpty()) {
      throw new IllegalArgumentException(
          "a member must have hashedEmail, hashedPhone or uids beside its externalId");
    }
  }

  /**
   * A member by the hashes and universal ids of a user match, which hashes e-mail addresses and
   * phone numbers. Its other fields have no place in an audience and are left out.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException as the constructor, and if the user match could not make a
   *     hash
   */
  public static AdcpAudienceMember of(String externalId, UserMatch user) {
    if (!user.problems().isEmpty()) {
      throw new IllegalArgumentException("user is not usable: " + user.problems());
    }
    return new AdcpAudienceMember(externalId, user.hashedEmail(), user.hashedPhone(), user.uids());
  }

  /** As it goes over the wire: the schema wants no empty list. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("external_id", externalId);
    if (hashedEmail != null) {
      members.put("hashed_email", hashedEmail);
    }
    if (hashedPhone != null) {
      members.put("hashed_phone", hashedPhone);
    }
    if (!uids.isEmpty()) {
      members.put("uids", uids.stream().map(AdcpAudienceMember::members).toList());
    }
    return members;
  }

  private static Map<String, Object> members(Uid uid) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", Objects.requireNonNull(uid.type()));
    members.put("value", Objects.requireNonNull(uid.value()));
    return members;
  }

  /** Nothing of the person. */
  @Override
  public String toString() {
    return "AdcpAudienceMember[…]";
  }
}
