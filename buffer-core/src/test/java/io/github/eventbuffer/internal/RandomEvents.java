package io.github.eventbuffer.internal;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Encodable events with any field present or absent, out of a seed; texts are nasty. */
final class RandomEvents {

  private static final String[] PIECES = {
    "a",
    "Z",
    "0",
    " ",
    "\"",
    "\\",
    "/",
    "\0",
    "\u001F",
    "\n",
    "\t",
    "\u007F",
    "\u0080",
    "\u00E4",
    "\u07FF",
    "\u0800",
    "\u20AC",
    "\u2028",
    "\uFEFF",
    "\uFFFD",
    "\uFFFF",
    "\uD83D\uDC5F",
    "\uD800\uDC00",
    "\uDBFF\uDFFF",
    "</script>",
    "%40",
    "{",
    "}",
    "[",
    ",",
    ":",
    "null",
    "\\u0041"
  };

  private final Random random;

  RandomEvents(long seed) {
    random = new Random(seed);
  }

  ConversionEvent next() {
    ConversionEvent.Builder event =
        ConversionEvent.builder(
            "x" + text(), EventType.of(random.nextInt() % 2 == 0 ? "purchase" : "t_1"), time());
    event.customEventName(maybeText()).eventSourceUrl(maybeText());
    event.actionSource(random.nextBoolean() ? ActionSource.of("chat") : null);
    if (random.nextBoolean()) {
      event.user(user());
    }
    if (random.nextBoolean()) {
      event.customData(data());
    }
    return event.build();
  }

  private UserMatch.Builder user() {
    UserMatch.Builder user = UserMatch.hashedEmail(maybeText()).hashedPhone(maybeText());
    for (int i = random.nextInt(3); i > 0; i--) {
      user.uid(text(), text());
    }
    user.clickId(maybeText(), maybeText()).clientIp(maybeText());
    return user.clientUserAgent(maybeText());
  }

  private CustomData.Builder data() {
    CustomData.Builder data = CustomData.builder();
    data.value(maybeNumber()).currency(maybeText()).orderId(maybeText()).contentType(maybeText());
    data.contentName(maybeText()).contentCategory(maybeText()).searchString(maybeText());
    data.contentIds(maybeText(), maybeText(), maybeText());
    data.numItems(maybeCount()).progressPercent(maybeNumber()).progressSeconds(maybeNumber());
    for (int i = random.nextInt(4); i > 0; i--) {
      data.content(
          ContentItem.of(maybeText())
              .quantity(maybeCount())
              .price(maybeNumber())
              .brand(maybeText()));
    }
    return data;
  }

  private OffsetDateTime time() {
    return OffsetDateTime.of(
        random.nextInt(10_000),
        1 + random.nextInt(12),
        1 + random.nextInt(28),
        random.nextInt(24),
        random.nextInt(60),
        random.nextInt(60),
        random.nextBoolean() ? 0 : (10 * random.nextInt(100) + 1) * 1_000_000,
        ZoneOffset.ofTotalSeconds(60 * (random.nextInt(2161) - 1080)));
  }

  private @Nullable String maybeText() {
    return random.nextBoolean() ? text() : null;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private @Nullable Long maybeCount() {
    return random.nextBoolean() ? random.nextLong() : null;
  }

  private @Nullable BigDecimal maybeNumber() {
    return random.nextBoolean()
        ? new BigDecimal(new BigInteger(random.nextInt(80), random), random.nextInt(25))
        : null;
  }
}
