package io.github.eventbuffer.adcp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may be done about an error, in AdCP's own three words (3.1, {@code core/error.json}). */
public enum Recovery {
  /** The same request may succeed later. */
  TRANSIENT,
  /** Another request may succeed: this one has to be corrected. */
  CORRECTABLE,
  /** Nothing will succeed until somebody puts something right. */
  TERMINAL;

  /** As {@code enums/error-code.json} of AdCP 3.1.19 has it. */
  private static final Set<String> CORRECTABLE_CODES =
      Set.of(
          "ACCOUNT_AMBIGUOUS",
          "ACCOUNT_SETUP_REQUIRED",
          "ACTION_NOT_ALLOWED",
          "AUDIENCE_TOO_SMALL",
          "AUTHORIZATION_REQUIRED",
          "AUTH_MISSING",
          "AUTH_REQUIRED",
          "BILLING_NOT_PERMITTED_FOR_AGENT",
          "BILLING_NOT_SUPPORTED",
          "BRAND_REQUIRED",
          "BUDGET_CAP_REACHED",
          "BUDGET_EXCEEDED",
          "BUDGET_TOO_LOW",
          "CATALOG_LIMIT_EXCEEDED",
          "COMPLIANCE_UNSATISFIED",
          "CREATIVE_DEADLINE_EXCEEDED",
          "CREATIVE_INACCESSIBLE",
          "CREATIVE_NOT_FOUND",
          "CREATIVE_REJECTED",
          "CREATIVE_VALUE_NOT_ALLOWED",
          "EVALUATOR_AGENT_NOT_ACCEPTED",
          "FEED_FETCH_FAILED",
          "FIELD_NOT_PERMITTED",
          "FORMAT_DECLARATION_DIVERGENT",
          "FORMAT_DECLARATION_V1_AMBIGUOUS",
          "FORMAT_DECLARATION_V1_LOSSY_MULTI_SIZE",
          "FORMAT_NOT_SUPPORTED",
          "FORMAT_OPTION_UNRESOLVED",
          "FORMAT_PROJECTION_FAILED",
          "GOVERNANCE_DENIED",
          "IDEMPOTENCY_CONFLICT",
          "IDEMPOTENCY_EXPIRED",
          "INVALID_FEED_FORMAT",
          "INVALID_REQUEST",
          "INVALID_STATE",
          "IO_REQUIRED",
          "ITEM_VALIDATION_FAILED",
          "MEDIA_BUY_NOT_FOUND",
          "MULTI_FINALIZE_UNSUPPORTED",
          "NOT_CANCELLABLE",
          "PACKAGE_NOT_FOUND",
          "PAYMENT_TERMS_NOT_SUPPORTED",
          "PERMISSION_DENIED",
          "PIXEL_TRACKER_LOSSY_DOWNGRADE",
          "PIXEL_TRACKER_UPGRADE_INFERRED",
          "PLAN_NOT_FOUND",
          "POLICY_VIOLATION",
          "PRIVATE_FIELD_IN_PUBLIC_PLACEMENT",
          "PRODUCT_EXPIRED",
          "PRODUCT_NOT_FOUND",
          "PRODUCT_UNAVAILABLE",
          "PROPOSAL_EXPIRED",
          "PROPOSAL_NOT_COMMITTED",
          "PROPOSAL_NOT_FOUND",
          "PROVENANCE_CLAIM_CONTRADICTED",
          "PROVENANCE_DIGITAL_SOURCE_TYPE_MISSING",
          "PROVENANCE_DISCLOSURE_MISSING",
          "PROVENANCE_EMBEDDED_MISSING",
          "PROVENANCE_REQUIRED",
          "PROVENANCE_VERIFIER_NOT_ACCEPTED",
          "READ_ONLY_SCOPE",
          "REFERENCE_NOT_FOUND",
          "REQUOTE_REQUIRED",
          "SCOPE_INSUFFICIENT",
          "SESSION_NOT_FOUND",
          "SESSION_TERMINATED",
          "SIGNAL_NOT_FOUND",
          "SIGNAL_TARGETING_INCOMPATIBLE",
          "TERMS_REJECTED",
          "UNPRICEABLE_OUTPUT",
          "UNSUPPORTED_FEATURE",
          "UNSUPPORTED_GRANULARITY",
          "UNSUPPORTED_PROVISIONING",
          "VALIDATION_ERROR",
          "VERSION_UNSUPPORTED",
          // Not in the enum; named by the page of sync_event_sources.
          "INVALID_EVENT_TYPE",
          "DUPLICATE_EVENT_SOURCE_ID");

  private static final Set<String> TERMINAL_CODES =
      Set.of(
          "AUTH_INVALID",
          "CONFIGURATION_ERROR",
          "ACCOUNT_NOT_FOUND",
          "ACCOUNT_PAYMENT_REQUIRED",
          "ACCOUNT_SUSPENDED",
          "BUDGET_EXHAUSTED",
          "BILLING_OUT_OF_BAND",
          "AGENT_SUSPENDED",
          "AGENT_BLOCKED",
          "CREDENTIAL_IN_ARGS");

  /**
   * What an error says of itself counts. One that says nothing is what AdCP says of its code; a
   * code that nobody knows is transient, and a word that nobody knows is terminal.
   *
   * @param said the error's {@code recovery}, or null when it has none
   */
  static Recovery of(String code, @Nullable String said) {
    if (said != null) {
      return switch (said) {
        case "transient" -> TRANSIENT;
        case "correctable" -> CORRECTABLE;
        default -> TERMINAL;
      };
    }
    if (TERMINAL_CODES.contains(code)) {
      return TERMINAL;
    }
    return CORRECTABLE_CODES.contains(code) ? CORRECTABLE : TRANSIENT;
  }
}
