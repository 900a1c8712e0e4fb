package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.Unicode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What is to be done with one audience ({@code sync-audiences-request.json} of AdCP 3.1). What is
 * left out is left as it is, or to the seller. Each method makes another one. Immutable but for the
 * members to add, which are read while they are sent.
 */
public final class AdcpAudience {
  private static final int MOST_ID = 255;

  private final String audienceId;
  private final Map<String, Object> described;
  private final Iterable<AdcpAudienceMember> add;
  private final List<AdcpAudienceMember> remove;
  private final boolean delete;

  private AdcpAudience(
      String audienceId,
      Map<String, Object> described,
      Iterable<AdcpAudienceMember> add,
      List<AdcpAudienceMember> remove,
      boolean delete) {
    this.audienceId = audienceId;
    this.described = described;
    this.add = add;
    this.remove = remove;
    this.delete = delete;
  }

  /** What an audience is for. */
  public enum Type {
    /** Its members are addressed. */
    CRM,
    /** Its members are left out. */
    SUPPRESSION,
    /** The seller looks for people like its members. */
    LOOKALIKE_SEED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The lawful basis, by the GDPR, on which members of an audience are addressed. */
  public enum ConsentBasis {
    /** The person consented. */
    CONSENT,
    /** A legitimate interest. */
    LEGITIMATE_INTEREST,
    /** A contract with the person. */
    CONTRACT,
    /** An obligation by law. */
    LEGAL_OBLIGATION;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An audience of which nothing else is said.
   *
   * @param audienceId your own id for it, 1 to 255 characters (AdCP states no limit)
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it has another length, or is not valid Unicode
   */
  public static AdcpAudience of(String audienceId) {
    checked("audienceId", audienceId);
    if (audienceId.isEmpty() || audienceId.length() > MOST_ID) {
      throw new IllegalArgumentException(
          "audienceId must have 1 to " + MOST_ID + " characters, has " + audienceId.length());
    }
    return new AdcpAudience(audienceId, Map.of(), List.of(), List.of(), false);
  }

  /**
   * With this name, for people.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it is not valid Unicode
   */
  public AdcpAudience name(String name) {
    return with("name", checked("name", name));
  }

  /**
   * With these words about what it is made of, for people.
   *
   * @throws NullPointerException if they are null
   * @throws IllegalArgumentException if they are not valid Unicode
   */
  public AdcpAudience description(String description) {
    return with("description", checked("description", description));
  }

  /**
   * For this purpose.
   *
   * @throws NullPointerException if it is null
   */
  public AdcpAudience type(Type type) {
    return with("audience_type", Objects.requireNonNull(type, "type").word());
  }

  /**
   * With these tags of yours, which the seller keeps; none is as if nothing were said.
   *
   * @throws NullPointerException if one is null
   * @throws IllegalArgumentException if one is empty, not valid Unicode, or there twice
   */
  public AdcpAudience tags(String... tags) {
    List<String> given = List.of(tags);
    given.forEach(tag -> checked("tags", tag));
    if (given.contains("") || new HashSet<>(given).size() < given.size()) {
      throw new IllegalArgumentException("tags must not be empty, and each is there once");
    }
    return with("tags", given);
  }

  /**
   * On this lawful basis. Without one the buyer asserts by AdCP that there is one; sellers may want
   * it said.
   *
   * @throws NullPointerException if it is null
   */
  public AdcpAudience consentBasis(ConsentBasis basis) {
    return with("consent_basis", Objects.requireNonNull(basis, "consentBasis").word());
  }

  /**
   * With these members to add, any number of them, in the place of those that were given before.
   * They are not copied: each sync takes an iterator and reads it once, one by one, and never holds
   * more than a request's members. So that a sync can be made again under the same key, they have
   * to come in the same order each time.
   *
   * @throws NullPointerException if it is null
   */
  public AdcpAudience add(Iterable<AdcpAudienceMember> members) {
    return new AdcpAudience(
        audienceId, described, Objects.requireNonNull(members, "add"), remove, delete);
  }

  /**
   * With these members to remove, in the place of those that were given before. AdCP wants them
   * with their identifiers, as those to add. One whose external id is to be added as well is
   * removed.
   *
   * @throws NullPointerException if it, or one of them, is null
   */
  public AdcpAudience remove(Collection<AdcpAudienceMember> members) {
    return new AdcpAudience(audienceId, described, add, List.copyOf(members), delete);
  }

  /** To be deleted as a whole. By AdCP everything else is ignored then, so it is not sent. */
  public AdcpAudience delete() {
    return new AdcpAudience(audienceId, described, add, remove, true);
  }

  String audienceId() {
    return audienceId;
  }

  Iterable<AdcpAudienceMember> add() {
    return delete ? List.of() : add;
  }

  List<AdcpAudienceMember> remove() {
    return delete ? List.of() : remove;
  }

  /** As it goes over the wire, without members of either kind; may be added to. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("audience_id", audienceId);
    if (delete) {
      members.put("delete", true);
    } else {
      members.putAll(described);
    }
    return members;
  }

  private AdcpAudience with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(described);
    more.put(member, value);
    return new AdcpAudience(audienceId, more, add, remove, delete);
  }

  private static String checked(String field, String value) {
    if (!Unicode.isValid(Objects.requireNonNull(value, field))) {
      throw new IllegalArgumentException(field + " must be valid Unicode");
    }
    return value;
  }

  /** Its id, for people. */
  @Override
  public String toString() {
    return "AdcpAudience[" + audienceId + "]";
  }
}
