package io.github.eventbuffer.adcp;

import io.github.eventbuffer.http.EventPath;
import java.util.Set;
import java.util.regex.Pattern;

/** Who is at fault when {@code log_event} fails, by what an error of AdCP says of itself. */
enum AdcpFault {
  /** Key, account, source, permission: nothing gets through until it is put right. */
  CONFIGURATION,
  /** The seller has another request under the batch's key. */
  KEY_CONFLICT,
  /** The seller knows that it saw the batch's key, and not what it answered. */
  KEY_EXPIRED,
  /** Too many requests. */
  PACE,
  /** The service, or an earlier attempt that is not over yet. */
  SERVICE,
  /** The events. */
  DATA;

  /** Correctable, but not by another choice of events. */
  private static final Set<String> CONFIGURATION_CODES =
      Set.of(
          "PERMISSION_DENIED",
          "SCOPE_INSUFFICIENT",
          "READ_ONLY_SCOPE",
          "ACTION_NOT_ALLOWED",
          "COMPLIANCE_UNSATISFIED",
          "GOVERNANCE_DENIED",
          "UNSUPPORTED_FEATURE",
          "UNSUPPORTED_PROVISIONING",
          "VERSION_UNSUPPORTED",
          "INVALID_STATE");

  private static final Pattern CONFIGURATION_FAMILY =
      Pattern.compile("(AUTH|ACCOUNT|BRAND|BILLING|AGENT|CREDENTIAL)_.*|AUTHORIZATION_.*");

  /** The members of the request that are the same for every batch. */
  private static final Pattern OUTSIDE_THE_EVENTS =
      Pattern.compile(
          "[$#./]*(account|event_source_id|idempotency_key|test_event_code|adcp_major_version"
              + "|adcp_version)\\b.*");

  /** The fault that an error speaks of. */
  static AdcpFault of(AdcpError error) {
    switch (error.code()) {
      case "IDEMPOTENCY_EXPIRED":
        return KEY_EXPIRED;
      case "IDEMPOTENCY_CONFLICT":
        return KEY_CONFLICT;
      case "IDEMPOTENCY_IN_FLIGHT":
        return SERVICE;
      case "RATE_LIMITED":
        return PACE;
      default:
        break;
    }
    return switch (error.recovery()) {
      case TRANSIENT -> SERVICE;
      case TERMINAL -> CONFIGURATION;
      case CORRECTABLE -> isConfiguration(error) ? CONFIGURATION : DATA;
    };
  }

  private static boolean isConfiguration(AdcpError error) {
    String code = error.code();
    return CONFIGURATION_CODES.contains(code)
        || code.endsWith("NOT_FOUND")
        || CONFIGURATION_FAMILY.matcher(code).matches()
        || pointsOutsideTheEvents(error);
  }

  /** Whether it names fields, and one of them belongs to every batch and none to an event. */
  private static boolean pointsOutsideTheEvents(AdcpError error) {
    boolean outside = false;
    String field = error.field();
    if (field != null) {
      if (isInEvents(field)) {
        return false;
      }
      outside = OUTSIDE_THE_EVENTS.matcher(field).matches();
    }
    for (AdcpIssue issue : error.issues()) {
      if (isInEvents(issue.pointer())) {
        return false;
      }
      outside |= OUTSIDE_THE_EVENTS.matcher(issue.pointer()).matches();
    }
    return outside;
  }

  private static boolean isInEvents(String path) {
    return EventPath.position(path, Integer.MAX_VALUE) != EventPath.NONE;
  }
}
