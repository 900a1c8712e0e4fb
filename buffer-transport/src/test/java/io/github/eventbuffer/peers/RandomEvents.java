package io.github.eventbuffer.peers;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Events of all shapes out of a seed: any field present or absent, texts nasty and of any length up
 * to their limit, and now and then one beyond it, which the buffer has to find.
 */
final class RandomEvents {
  private static final String[] TYPES = {
    "purchase", "refund", "custom", "watch_milestone", "lead", "subscription", "a", "z9_"
  };

  /**
   * Those that log-event takes. {@link ActionSource} has any other word pass, and says that
   * log-event refuses it.
   */
  private static final ActionSource[] SOURCES = {
    ActionSource.WEBSITE,
    ActionSource.APP,
    ActionSource.IN_STORE,
    ActionSource.PHONE_CALL,
    ActionSource.SYSTEM_GENERATED,
    ActionSource.OTHER
  };

  private static final String[] URLS = {
    "https://shop.example.com/checkout/complete",
    "HTTP://x",
    "https://[2001:db8::1]:8443/a%20b?c=d&e#f",
    "https://shop.example.com:/?a[]=1|2#{3}^",
    "https://me@shop/",
    "com.example-shop+1://cart/42",
    "https://xn--bcher-kva.example?q=%F0%9F%91%9F"
  };

  private static final String[] NO_URLS = {"/checkout", "https://", "https://b\u00FCcher.example/"};

  /** One code point each. */
  private static final String[] PRINTABLE = {
    "a",
    "Z",
    "0",
    " ",
    "\"",
    "\\",
    "/",
    "\u00E4",
    "\u07FF",
    "\u20AC",
    "\u2028",
    "\uFEFF",
    "\uFFFF",
    "\uD83D\uDC5F",
    "\uDBFF\uDFFF",
    "<",
    "{",
    "]",
    ",",
    ":"
  };

  private static final String[] CONTROLS = {"\0", "\u001F", "\n", "\t", "\u007F", "\u0080"};

  private static final BigDecimal[] AMOUNTS = {
    BigDecimal.ZERO,
    new BigDecimal("0.00"),
    new BigDecimal("89.99"),
    new BigDecimal("0.1"),
    new BigDecimal("1E+29"),
    new BigDecimal("9".repeat(30) + "." + "9".repeat(100)),
    new BigDecimal("1E-100")
  };

  private static final String HEX = "0123456789abcdef";

  private final Random random;
  private int made;

  RandomEvents(long seed) {
    random = new Random(seed);
  }

  ConversionEvent next() {
    String type = random.nextInt(10) == 0 ? token() : one(TYPES);
    ConversionEvent.Builder event =
        ConversionEvent.builder(id(), EventType.of(rarely() ? "Not_a_type" : type), time());
    if (type.equals("custom") ? !rarely() : chance()) {
      event.customEventName(text(1, 256));
    }
    event.actionSource(maybe(() -> one(SOURCES)));
    event.eventSourceUrl(maybe(this::url));
    event.user(user());
    if (type.equals("watch_milestone") || chance()) {
      event.customData(data(type.equals("watch_milestone")));
    }
    return event.build();
  }

  private UserMatch.Builder user() {
    UserMatch.Builder user = UserMatch.builder();
    if (chance()) {
      for (int i = random.nextInt(4); i > 0; i--) {
        user.uid(text(1, 64), text(1, 512));
      }
    }
    user.hashedEmail(maybe(this::hash)).hashedPhone(maybe(this::hash));
    if (chance()) {
      user.email("Customer" + made + "@Example.com ").phone("+1 (206) 555-1234");
    }
    user.clickIdType(maybe(() -> text(0, 64)));
    if (chance()) {
      user.clickId(maybe(() -> text(0, 64)), text(0, 512));
    }
    user.clientIp(maybe(() -> text(0, 45)));
    return user.clientUserAgent(maybe(() -> text(0, 512)));
  }

  private CustomData.Builder data(boolean progress) {
    CustomData.Builder data = CustomData.builder();
    data.value(maybe(this::amount));
    if (!rarely()) {
      data.currency(rarely() ? one(new String[] {"usd", "US", "EURO"}) : currency());
    }
    data.orderId(maybe(() -> text(0, 256)));
    data.contentIds(maybe(() -> text(0, 256)), maybe(() -> text(0, 256)));
    data.contentType(maybe(() -> text(0, 128)));
    data.contentName(maybe(() -> text(0, 500)));
    data.contentCategory(maybe(() -> text(0, 500)));
    data.searchString(maybe(() -> text(0, 500)));
    data.numItems(maybe(() -> count(0)));
    if (progress || chance()) {
      data.progressPercent(new BigDecimal(random.nextInt(rarely() ? 200 : 101)));
      data.progressSeconds(maybe(this::amount));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      ContentItem item = ContentItem.of(rarely() ? null : text(0, 256));
      item = item.quantity(maybe(() -> count(1))).price(maybe(this::amount));
      data.content(item.brand(maybe(() -> text(0, 256))));
    }
    return data;
  }

  private OffsetDateTime time() {
    int[] fractions = {0, 1, 500_000_000, 123_456_000, 999_999_999};
    return OffsetDateTime.of(
        random.nextInt(rarely() ? 20_000 : 10_000),
        1 + random.nextInt(12),
        1 + random.nextInt(28),
        random.nextInt(24),
        random.nextInt(60),
        random.nextInt(60),
        fractions[random.nextInt(fractions.length)],
        ZoneOffset.ofTotalSeconds(
            chance() ? 0 : 60 * (random.nextInt(2161) - 1080) + (rarely() ? 1 : 0)));
  }

  private String id() {
    String number = made++ + "_";
    return number + text(0, 256 - number.length(), PRINTABLE);
  }

  private String text(int least, int most) {
    return text(least, most, random.nextInt(4) == 0 ? CONTROLS : PRINTABLE);
  }

  /** Of so many code points, or, rarely, one more. */
  private String text(int least, int most, String[] alphabet) {
    int length =
        switch (random.nextInt(8)) {
          case 0 -> least;
          case 1 -> most;
          default -> least + random.nextInt(Math.min(20, most - least));
        };
    StringBuilder text = new StringBuilder();
    for (int i = length + (rarely() ? 1 : 0); i > 0; i--) {
      text.append(one(alphabet));
    }
    return text.toString();
  }

  private String token() {
    StringBuilder token = new StringBuilder("t");
    for (int i = random.nextInt(64); i > 0; i--) {
      token.append("az09_".charAt(random.nextInt(5)));
    }
    return token.toString();
  }

  private String url() {
    return rarely() ? one(NO_URLS) : one(URLS) + (chance() ? "" : "/" + "x".repeat(2_000));
  }

  private String hash() {
    StringBuilder hash = new StringBuilder();
    for (int i = rarely() ? 63 : 64; i > 0; i--) {
      hash.append(HEX.charAt(random.nextInt(16)));
    }
    return hash.toString();
  }

  private String currency() {
    return "" + capital() + capital() + capital();
  }

  private char capital() {
    return (char) ('A' + random.nextInt(26));
  }

  private BigDecimal amount() {
    return rarely() ? new BigDecimal("-0.01") : one(AMOUNTS);
  }

  private long count(int least) {
    long[] counts = {least, least + 1, 1_000, (1L << 53) - 1};
    return rarely() ? least - 1 : counts[random.nextInt(counts.length)];
  }

  private boolean chance() {
    return random.nextBoolean();
  }

  private boolean rarely() {
    return random.nextInt(60) == 0;
  }

  private <T> T one(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private <T> @Nullable T maybe(Supplier<T> value) {
    return chance() ? value.get() : null;
  }
}
