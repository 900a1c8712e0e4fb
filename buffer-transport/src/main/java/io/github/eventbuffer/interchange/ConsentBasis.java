package io.github.eventbuffer.interchange;

import java.util.Locale;

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

  String value() {
    return name().toLowerCase(Locale.ROOT);
  }
}
