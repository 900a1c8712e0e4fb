package io.github.eventbuffer.internal;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.Violation;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;

/** Events that several tests begin with. */
final class SampleEvents {

  static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");
  static final EventValidator STRICT = new EventValidator(new EventValidator.Rules(true, true));
  static final EventValidator LENIENT = new EventValidator(new EventValidator.Rules(false, false));

  private SampleEvents() {}

  /** The first example of the log-events guide. */
  static ConversionEvent.Builder purchase() {
    return ConversionEvent.purchase("txn_abc123", TIME)
        .source("https://shop.example.com/checkout/complete")
        .user(
            UserMatch.hashedEmail(
                    "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
                .clickId("fbclid", "fb.1.1700000000.AbCdEfGh"))
        .value("89.99", "USD")
        .orderId("order_55512")
        .contentIds("sku_red_shoe_42")
        .numItems(1);
  }

  /** The second example of the log-events guide. */
  static ConversionEvent.Builder demoBooked() {
    return ConversionEvent.custom(
            "demo_booked_98765",
            "qualified_demo_booked",
            OffsetDateTime.parse("2026-04-26T15:05:00-05:00"))
        .actionSource(ActionSource.WEBSITE)
        .user(
            UserMatch.hashedEmail(
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
  }

  /** As an append does it. */
  static byte[] encode(ConversionEvent event) {
    JsonWriter out = new JsonWriter();
    out.reset(7);
    Findings found = new Findings();
    LENIENT.check(event, found);
    out.takeAsPlain(found.isEmpty() && found.isPlain());
    EventEncoder.encode(event, out);
    return Arrays.copyOfRange(out.array(), 7, out.length());
  }

  static String json(ConversionEvent event) {
    return new String(encode(event), StandardCharsets.UTF_8);
  }

  static ConversionEvent read(String json) throws MalformedEventException {
    return EventReader.read(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The paths of all violations under the strict rules. */
  static List<String> invalidFields(ConversionEvent event) {
    return STRICT.validate(event).stream().map(Violation::field).toList();
  }
}
