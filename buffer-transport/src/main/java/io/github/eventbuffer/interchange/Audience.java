package io.github.eventbuffer.interchange;

import io.github.eventbuffer.http.PersonFields;
import io.github.eventbuffer.http.Unicode;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with one audience. For one sync: the members to add are read once, while they
 * are sent. Not thread-safe.
 */
public final class Audience {
  private static final int MOST_ID = 255;

  private final String audienceId;
  private @Nullable String name;
  private @Nullable ConsentBasis consentBasis;
  private Iterator<AudienceMember> add = Collections.emptyIterator();
  private Set<String> remove = Set.of();
  private boolean delete;

  private Audience(String audienceId) {
    this.audienceId = audienceId;
  }

  /**
   * An audience.
   *
   * @param audienceId your own id for it, 1 to 255 characters
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it has another length, or is not valid Unicode
   */
  public static Audience of(String audienceId) {
    return new Audience(checked("audienceId", audienceId));
  }

  /**
   * A name for people, 1 to 255 characters. Default: none, which leaves it as it is.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it has another length, or is not valid Unicode
   */
  public Audience name(String name) {
    this.name = checked("name", name);
    return this;
  }

  /**
   * The lawful basis. Default: none is stated.
   *
   * @throws NullPointerException if it is null
   */
  public Audience consentBasis(ConsentBasis basis) {
    consentBasis = Objects.requireNonNull(basis, "consentBasis");
    return this;
  }

  /**
   * The members to add, any number of them: they are taken one by one and never all held at once.
   *
   * @throws NullPointerException if it is null
   */
  public Audience add(Iterator<AudienceMember> members) {
    add = Objects.requireNonNull(members, "add");
    return this;
  }

  /**
   * The members to remove, by your own ids; held on the heap while they are sent. One that is to be
   * added as well is removed.
   *
   * @throws NullPointerException if it, or one of them, is null
   * @throws IllegalArgumentException if one is no id, see {@link AudienceMember}
   */
  public Audience remove(Iterable<String> externalIds) {
    Set<String> ids = new LinkedHashSet<>();
    for (String id : externalIds) {
      ids.add(PersonFields.checkId(id));
    }
    remove = ids;
    return this;
  }

  /** Deletes the audience as a whole. Members of a deleted audience are not sent. */
  public Audience delete() {
    delete = true;
    return this;
  }

  String audienceId() {
    return audienceId;
  }

  @Nullable String name() {
    return name;
  }

  @Nullable ConsentBasis consentBasis() {
    return consentBasis;
  }

  Iterator<AudienceMember> add() {
    return delete ? Collections.emptyIterator() : add;
  }

  Set<String> remove() {
    return delete ? Set.of() : remove;
  }

  boolean isDeleted() {
    return delete;
  }

  /** Its id, for people. */
  @Override
  public String toString() {
    return "Audience[" + audienceId + "]";
  }

  private static String checked(String field, String value) {
    Objects.requireNonNull(value, field);
    if (value.isEmpty() || value.length() > MOST_ID) {
      throw new IllegalArgumentException(
          field + " must have 1 to 255 characters, has " + value.length());
    }
    if (!Unicode.isValid(value)) {
      throw new IllegalArgumentException(field + " must be valid Unicode");
    }
    return value;
  }
}
