package io.github.eventbuffer.internal;

import static io.github.eventbuffer.internal.SampleEvents.LENIENT;
import static io.github.eventbuffer.internal.SampleEvents.STRICT;
import static io.github.eventbuffer.internal.SampleEvents.TIME;
import static io.github.eventbuffer.internal.SampleEvents.demoBooked;
import static io.github.eventbuffer.internal.SampleEvents.invalidFields;
import static io.github.eventbuffer.internal.SampleEvents.purchase;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.ActionSource;
import io.github.eventbuffer.ContentItem;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.CustomData;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.Violation;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventValidatorTest {

  /** A text field: how it is set, its path and its limits. */
  record TextField(String path, int least, int most, Function<String, ConversionEvent> event) {
    @Override
    public String toString() {
      return path;
    }
  }

  private static final String HASH = "a0".repeat(32);
  private static final UserMatch.Builder USER = UserMatch.hashedEmail(HASH);

  static Stream<TextField> limitedFields() {
    return Stream.of(
        new TextField("event_id", 1, 256, s -> ConversionEvent.lead(s, TIME).user(USER).build()),
        new TextField(
            "custom_event_name",
            1,
            256,
            s -> demoBooked().source("https://a.b/").customEventName(s).build()),
        new TextField("custom_event_name", 1, 256, s -> purchase().customEventName(s).build()),
        new TextField("user_match.uids[0].type", 1, 64, s -> user(UserMatch.uid(s, "x"))),
        new TextField("user_match.uids[0].value", 1, 512, s -> user(UserMatch.uid("id5", s))),
        new TextField(
            "user_match.uids[1].value", 1, 512, s -> user(UserMatch.uid("id5", "x").uid("id5", s))),
        new TextField("user_match.click_id", 0, 512, s -> user(hashed().clickId("gclid", s))),
        new TextField("user_match.click_id_type", 0, 64, s -> user(hashed().clickId(s, "x"))),
        new TextField("user_match.client_ip", 0, 45, s -> user(hashed().clientIp(s))),
        new TextField(
            "user_match.client_user_agent", 0, 512, s -> user(hashed().clientUserAgent(s))),
        new TextField("custom_data.order_id", 0, 256, s -> purchase().orderId(s).build()),
        new TextField(
            "custom_data.content_ids[1]", 0, 256, s -> purchase().contentIds("x", s).build()),
        new TextField("custom_data.content_type", 0, 128, s -> purchase().contentType(s).build()),
        new TextField("custom_data.contents[0].id", 0, 256, s -> item(ContentItem.of(s))),
        new TextField(
            "custom_data.contents[0].brand", 0, 256, s -> item(ContentItem.of("x").brand(s))));
  }

  static Stream<TextField> textFields() {
    return Stream.concat(
        limitedFields(),
        Stream.of(
            new TextField("custom_data.content_name", 0, 0, s -> data().contentName(s).build()),
            new TextField(
                "custom_data.content_category", 0, 0, s -> data().contentCategory(s).build()),
            new TextField("custom_data.search_string", 0, 0, s -> data().searchString(s).build())));
  }

  @ParameterizedTest
  @MethodSource("limitedFields")
  void lengthLimitsAreExact(TextField field) {
    for (String unit : new String[] {"x", "\u00E4", "\uD83D\uDC5F"}) {
      assertEquals(List.of(), fields(field, unit.repeat(field.most - 1)));
      assertEquals(List.of(), fields(field, unit.repeat(field.most)));
      assertEquals(List.of(field.path), fields(field, unit.repeat(field.most + 1)));
      assertEquals(List.of(), fields(field, unit.repeat(Math.max(1, field.least))));
    }
    assertEquals(field.least == 0 ? List.of() : List.of(field.path), fields(field, ""));
  }

  @ParameterizedTest
  @MethodSource("textFields")
  void plainEmailInAnyFieldIsInvalid(TextField field) {
    ConversionEvent event = field.event.apply("for alice@example.com ");
    Violation found = STRICT.validate(event).get(0);
    assertEquals(List.of(field.path), invalidFields(event));
    assertEquals("22 characters, looks like an e-mail address", found.given());
    assertFalse(found.toString().contains("alice"));
  }

  @ParameterizedTest
  @MethodSource("textFields")
  void plainPhoneNumberInAnyFieldIsInvalid(TextField field) {
    assertEquals(List.of(field.path), fields(field, "+1 (206) 555-1234"));
  }

  @ParameterizedTest
  @MethodSource("textFields")
  void halfASurrogatePairInAnyFieldIsInvalid(TextField field) {
    for (String text :
        new String[] {"\uD83D", "\uDC5F", "x\uDC5F\uD83D", "\uD83Dx", "\uD83D\uD83D"}) {
      assertEquals(List.of(field.path), fields(field, text));
    }
    assertEquals(List.of(), fields(field, "x\uD83D\uDC5Fx"));
  }

  @Test
  void plainEmailInTheRemainingFieldsIsInvalidAndNotRepeated() {
    List<Violation> found =
        STRICT.validate(
            ConversionEvent.builder("a", EventType.of("alice@example.com"), TIME)
                .actionSource(ActionSource.of("alice@example.com"))
                .eventSourceUrl("https://shop.example.com/?m=alice%40example.com")
                .user(UserMatch.hashedEmail("alice@example.com").hashedPhone("alice@example.com"))
                .value("1", "alice@example.com")
                .build());
    assertEquals(
        List.of(
            "event_type",
            "action_source",
            "event_source_url",
            "user_match.hashed_email",
            "user_match.hashed_phone",
            "custom_data.currency"),
        found.stream().map(Violation::field).toList());
    assertFalse(found.toString().contains("alice"), found.toString());
  }

  @Test
  void theExamplesOfTheGuideAreValid() {
    assertSame(List.of(), STRICT.validate(purchase().build()));
    assertSame(List.of(), LENIENT.validate(demoBooked().build()));
    assertEquals(List.of("event_source_url"), invalidFields(demoBooked().build()));
  }

  @Test
  void everythingMissingIsSaidAtOnce() {
    assertEquals(
        List.of("event_id", "event_type", "event_time", "user_match"),
        invalidFields(ConversionEvent.builder(null, null, null).build()));
    assertEquals(
        List.of("custom_event_name"),
        invalidFields(ConversionEvent.custom("a", null, TIME).user(USER).build()));
  }

  @Test
  void problemsOfTheBuildersAreViolations() {
    assertEquals(
        List.of("user_match.hashed_email", "custom_data.value", "user_match"),
        invalidFields(
            ConversionEvent.lead("a", TIME)
                .user(UserMatch.email("nobody"))
                .value("free", "USD")
                .build()));
  }

  @Test
  void violationsHaveABound() {
    ConversionEvent.Builder event = purchase();
    for (int i = 0; i < 1000; i++) {
      event.content(ContentItem.of(null));
    }
    assertEquals(Findings.MAX, STRICT.validate(event.build()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "a\nb", "a\u007F", "a\u0085b"})
  void controlCharactersInAnIdAreInvalid(String id) {
    assertEquals(
        List.of("event_id"), invalidFields(ConversionEvent.lead(id, TIME).user(USER).build()));
  }

  @Test
  void controlCharactersElsewhereAreEscapedAndValid() {
    assertEquals(List.of(), invalidFields(purchase().orderId("a\0\nb").build()));
  }

  @Test
  void typesAndSourcesAreOpenButWellFormed() {
    for (String good : new String[] {"a", "not_known_yet_2", "x".repeat(64)}) {
      assertEquals(List.of(), typeAndSource(good));
    }
    for (String bad :
        new String[] {"", "A", "1a", "_a", "a-b", "a b", "x".repeat(65), "\u00E4", "a\u0661"}) {
      assertEquals(List.of("event_type", "action_source"), typeAndSource(bad), bad);
    }
    Violation found =
        STRICT
            .validate(
                ConversionEvent.builder("a", EventType.of("Purchase"), TIME).user(USER).build())
            .get(0);
    assertEquals("Purchase", found.given());
  }

  @Test
  void yearHasFourDigitsAndOffsetWholeMinutes() {
    assertEquals(List.of(), at(OffsetDateTime.of(0, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
    assertEquals(List.of(), at(OffsetDateTime.of(9999, 1, 1, 0, 0, 0, 0, ZoneOffset.MIN)));
    assertEquals(
        List.of("event_time"), at(OffsetDateTime.of(-1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
    assertEquals(
        List.of("event_time"), at(OffsetDateTime.of(10000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
    assertEquals(
        List.of("event_time"), at(TIME.withOffsetSameInstant(ZoneOffset.ofTotalSeconds(61))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a",
        "HTTPS://shop.example.com",
        "http://localhost:8080/x?a[]=1&b={c}|d^e#f",
        "https://[2001:db8::1]:443/",
        "https://[::ffff:192.0.2.1]",
        "https://user@a/",
        "https://us%20er:p:w@a:8443?q",
        "https://a:/",
        "https://a:0#f",
        "https://a:65534/",
        "https://a:65535/",
        "https://a:00080/",
        "https://my_shop.example.com",
        "https://xn--kse-qla.example.com/",
        "https://sh%C3%B6p.example.com",
        "https://a.b-c~d!$&'()*+,;=/",
        "https://shop.example.com/x@y?mail=@&p=a:b[]|{}^%",
        "https://shop.example.com/?next=https://[/%zz",
        "https://shop.example.com#https://user@:99999999/",
        "myapp+x.y-z://checkout",
        "https://shop.example.com/50%"
      })
  void absoluteUrlsAreValid(String url) {
    assertEquals(List.of(), invalidFields(purchase().source(url).build()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.example.com",
        "/checkout",
        "//shop.example.com/",
        "https:",
        "https:/shop",
        "https://",
        "https:///path",
        "https://?q",
        "https://:80/",
        "https://user@/",
        "https://user@:80/",
        "https://a:65536/",
        "https://a:99999999999/",
        "https://a:-1/",
        "https://a:+1/",
        "https://a:8o/",
        "https://a:80:80/",
        "https://a:b@/",
        "https://a@b@c/",
        "https://u]ser@a/",
        "https://us%er@a/",
        "https://u%2@a/",
        "https://[/",
        "https://[]/",
        "https://[a]/",
        "https://[1.2.3.4]/",
        "https://[2001:db8::1/",
        "https://[2001:db8::1]x/",
        "https://[2001:db8::1]]/",
        "https://[2001:db8::g]/",
        "https://[fe80::1%25eth0]/",
        "https://2001:db8::1/",
        "https://a]/",
        "https://a[b/",
        "https://%/",
        "https://a%4/",
        "https://a%4/1",
        "https://a%zz/",
        "https://a|b/",
        "https://a{b}/",
        "https://a^b",
        "1https://a/",
        "ht tps://a/",
        "://a",
        "https_://a/",
        "https://a/ b",
        "https://a/\n",
        "https://a/\"",
        "https://a/<b>",
        "https://a/\\b",
        "https://a/`",
        "https://a/k\u00E4se",
        "mailto:a"
      })
  void whatIsNoAbsoluteUrlIsInvalid(String url) {
    assertEquals(List.of("event_source_url"), invalidFields(purchase().source(url).build()));
  }

  @Test
  void anIdentifierIsRequiredByRule() {
    for (UserMatch.Builder usable :
        List.of(
            UserMatch.uid("id5", "x"),
            UserMatch.hashedEmail(HASH),
            UserMatch.hashedPhone(HASH),
            UserMatch.clickId(null, "x"),
            UserMatch.builder().clientIp("::1").clientUserAgent("x"))) {
      assertEquals(List.of(), invalidFields(user(usable)));
    }
    for (UserMatch.Builder useless :
        List.of(
            UserMatch.builder(),
            UserMatch.clickId("gclid", ""),
            UserMatch.builder().clickIdType("gclid"),
            UserMatch.builder().clientIp("::1"),
            UserMatch.builder().clientUserAgent("x"),
            UserMatch.builder().clientIp("").clientUserAgent("x"))) {
      assertEquals(List.of("user_match"), invalidFields(user(useless)));
      assertEquals(List.of(), LENIENT.validate(user(useless)));
    }
  }

  @Test
  void aUidNeedsTypeAndValue() {
    assertEquals(
        List.of("user_match.uids[0].type", "user_match.uids[0].value"),
        invalidFields(user(UserMatch.builder().uid(new Uid(null, null)))));
  }

  @Test
  void fieldsBehindAnArrayKeepTheirOwnPath() {
    assertEquals(
        List.of("user_match.hashed_email"),
        invalidFields(user(UserMatch.uid("id5", "x").hashedEmail("x"))));
    assertEquals(
        List.of("custom_data.num_items", "custom_data.progress_seconds"),
        invalidFields(
            purchase()
                .customData(
                    CustomData.builder()
                        .contentIds("x")
                        .numItems(-1)
                        .content(ContentItem.of("x"))
                        .progressSeconds(-1))
                .build()));
  }

  @Test
  void aHashHas64LowerCaseHexadecimalDigits() {
    for (String bad :
        new String[] {
          "", HASH.substring(1), HASH + "a", HASH.toUpperCase(), "g" + HASH.substring(1)
        }) {
      assertEquals(
          List.of("user_match.hashed_email", "user_match.hashed_phone"),
          invalidFields(user(UserMatch.hashedEmail(bad).hashedPhone(bad))));
    }
  }

  @Test
  void aValueNeedsACurrencyOfThreeCapitals() {
    assertEquals(
        List.of("custom_data.currency"), invalidFields(purchase().value("1", null).build()));
    for (String bad : new String[] {"", "US", "USDD", "usd", "US1", "\u00C4\u00C4\u00C4"}) {
      assertEquals(
          List.of("custom_data.currency"), invalidFields(purchase().value("1", bad).build()));
    }
    assertEquals(
        List.of(),
        invalidFields(purchase().customData(CustomData.builder().currency("EUR")).build()));
  }

  @Test
  void amountsAreNotNegativeAndOfSaneSize() {
    String most = "9".repeat(30) + "." + "9".repeat(100);
    for (String good : new String[] {"0", "0.00", "1e5", most, "0.1e-99", "-0"}) {
      assertEquals(List.of(), amounts(good), good);
    }
    for (String bad :
        new String[] {
          "-0.01",
          "1e30",
          "1" + most,
          most + "9",
          "1e400",
          "1e1000000000",
          "1e-1000000000",
          "0e1000000000",
          "-1e2147483647",
          "1e2147483647",
          "1e-2147483647"
        }) {
      assertEquals(
          List.of(
              "custom_data.value", "custom_data.contents[0].price", "custom_data.progress_seconds"),
          amounts(bad),
          bad);
    }
  }

  @Test
  void refundsArePositive() {
    assertEquals(
        List.of(),
        invalidFields(ConversionEvent.refund("a", TIME).user(USER).value("5", "USD").build()));
    assertEquals(
        List.of("custom_data.value"),
        invalidFields(ConversionEvent.refund("a", TIME).user(USER).value("-5", "USD").build()));
  }

  @Test
  void countsStayWithinTheirRange() {
    long most = (1L << 53) - 1;
    assertEquals(List.of(), invalidFields(purchase().numItems(0).build()));
    assertEquals(List.of(), invalidFields(purchase().numItems(most).build()));
    assertEquals(List.of("custom_data.num_items"), invalidFields(purchase().numItems(-1).build()));
    assertEquals(
        List.of("custom_data.num_items"), invalidFields(purchase().numItems(most + 1).build()));
    String quantity = "custom_data.contents[0].quantity";
    assertEquals(List.of(), invalidFields(item(ContentItem.of("x").quantity(1))));
    assertEquals(List.of(quantity), invalidFields(item(ContentItem.of("x").quantity(0))));
    assertEquals(List.of(quantity), invalidFields(item(ContentItem.of("x").quantity(most + 1))));
    assertEquals(List.of("custom_data.contents[0].id"), invalidFields(item(ContentItem.of(null))));
  }

  @Test
  void aWatchMilestoneNeedsProgress() {
    assertEquals(List.of("custom_data.progress_percent"), watched(CustomData.builder()));
    assertEquals(
        List.of("custom_data.progress_percent"), watched(CustomData.builder().contentType("x")));
    assertEquals(List.of(), watched(CustomData.builder().progressPercent(0)));
    assertEquals(List.of(), watched(CustomData.builder().progressPercent(100)));
    assertEquals(List.of(), watched(CustomData.builder().progressSeconds(0)));
    assertEquals(
        List.of("custom_data.progress_percent"),
        watched(CustomData.builder().progressPercent(new BigDecimal("100.01"))));
    assertEquals(
        List.of("custom_data.progress_percent"), watched(CustomData.builder().progressPercent(-1)));
    assertEquals(
        List.of("custom_data.progress_percent"),
        watched(CustomData.builder().progressPercent(Double.NaN)));
  }

  @Test
  void noViolationRepeatsText() {
    String secret = "secret words ";
    ConversionEvent event =
        ConversionEvent.builder(secret.repeat(30), EventType.of(secret), TIME)
            .customEventName(secret.repeat(30))
            .actionSource(ActionSource.of(secret))
            .eventSourceUrl(secret)
            .user(
                UserMatch.hashedEmail(secret)
                    .phone(secret)
                    .uid(secret.repeat(9), secret.repeat(90))
                    .clickId(secret.repeat(90), secret.repeat(90)))
            .value(secret, secret)
            .orderId(secret.repeat(90))
            .build();
    List<Violation> found = STRICT.validate(event);
    assertEquals(14, found.size());
    assertTrue(found.stream().noneMatch(v -> v.toString().contains("secret")), found.toString());
  }

  private static UserMatch.Builder hashed() {
    return UserMatch.hashedEmail(HASH);
  }

  private static ConversionEvent user(UserMatch.Builder user) {
    return purchase().user(user).build();
  }

  private static ConversionEvent item(ContentItem item) {
    return purchase().content(item).build();
  }

  /** Custom data on its way into an event. */
  private static DataEvent data() {
    return new DataEvent(CustomData.builder());
  }

  private record DataEvent(CustomData.Builder data) {
    DataEvent contentName(String s) {
      data.contentName(s);
      return this;
    }

    DataEvent contentCategory(String s) {
      data.contentCategory(s);
      return this;
    }

    DataEvent searchString(String s) {
      data.searchString(s);
      return this;
    }

    ConversionEvent build() {
      return purchase().customData(data).build();
    }
  }

  private static List<String> fields(TextField field, String text) {
    return invalidFields(field.event.apply(text));
  }

  private static List<String> at(OffsetDateTime time) {
    return invalidFields(ConversionEvent.lead("a", time).user(USER).build());
  }

  private static List<String> typeAndSource(String text) {
    return invalidFields(
        ConversionEvent.builder("a", EventType.of(text), TIME)
            .actionSource(ActionSource.of(text))
            .user(USER)
            .build());
  }

  private static List<String> amounts(String number) {
    BigDecimal amount = new BigDecimal(number);
    return invalidFields(
        purchase()
            .customData(
                CustomData.builder()
                    .value(amount, "USD")
                    .progressSeconds(amount)
                    .content(ContentItem.of("x").price(amount)))
            .build());
  }

  private static List<String> watched(CustomData.Builder data) {
    return invalidFields(
        ConversionEvent.builder("a", EventType.WATCH_MILESTONE, TIME)
            .user(USER)
            .customData(data)
            .build());
  }
}
