package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversionEventTest {

  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-04-26T14:30:00-05:00");

  @Test
  void sourceImpliesTheWebsiteUnlessAnotherIsGiven() {
    URI page = URI.create("https://shop.example.com/");
    assertSame(
        ActionSource.WEBSITE, ConversionEvent.lead("a", TIME).source(page).build().actionSource());
    assertSame(
        ActionSource.APP,
        ConversionEvent.lead("a", TIME)
            .source(page)
            .actionSource(ActionSource.APP)
            .build()
            .actionSource());
    assertSame(
        ActionSource.APP,
        ConversionEvent.lead("a", TIME)
            .actionSource(ActionSource.APP)
            .source(page)
            .build()
            .actionSource());
    assertNull(ConversionEvent.lead("a", TIME).source((URI) null).build().actionSource());
    assertNull(
        ConversionEvent.lead("a", TIME).eventSourceUrl("https://x.example").build().actionSource());
  }

  @Test
  void aUriIsWrittenInAscii() {
    assertEquals(
        "https://shop.example.com/k%C3%A4se",
        ConversionEvent.lead("a", TIME)
            .source(URI.create("https://shop.example.com/k\u00E4se"))
            .build()
            .eventSourceUrl());
  }

  @Test
  void noBuilderThrowsForNull() {
    ConversionEvent event =
        ConversionEvent.builder(null, null, null)
            .source((URI) null)
            .source((String) null)
            .eventSourceUrl(null)
            .actionSource(null)
            .customEventName(null)
            .user((UserMatch) null)
            .user((UserMatch.Builder) null)
            .customData((CustomData) null)
            .customData((CustomData.Builder) null)
            .value((String) null, "USD")
            .value((BigDecimal) null, "USD")
            .orderId(null)
            .contentIds((String[]) null)
            .contentIds((Collection<String>) null)
            .contentIds("a", null)
            .contentIds((String) null)
            .contentType(null)
            .numItems(null)
            .content(null)
            .build();
    assertNull(event.customData());
    assertNull(event.user());
    assertTrue(event.problems().isEmpty());
    event.hashCode();
    event.toString();
    CustomData data =
        CustomData.builder()
            .progressPercent(null)
            .progressSeconds(null)
            .contents(null)
            .contents(Arrays.asList((ContentItem) null))
            .build();
    assertTrue(data.isEmpty());
    ContentItem item =
        ContentItem.of(null).quantity(null).price((String) null).price((BigDecimal) null);
    assertTrue(item.problems().isEmpty());
    assertFalse(EventType.of(null).isWellFormed());
    assertFalse(ActionSource.of(null).isWellFormed());
  }

  @Test
  void noBuilderThrowsForHalfASurrogatePairInAUri() {
    URI odd = URI.create("https://shop.example.com/\uD800");
    assertFalse(ConversionEvent.lead("a", TIME).source(odd).build().eventSourceUrl().contains("%"));
  }

  @Test
  void problemsOfAllPartsCarryTheirFullPath() {
    ConversionEvent event =
        ConversionEvent.purchase("a", TIME)
            .user(UserMatch.email("nobody").phone("nothing"))
            .value("89,99", "EUR")
            .numItems(1.5)
            .content(ContentItem.of("a"))
            .content(ContentItem.of("b").price("cheap").quantity(0.5))
            .problem(new Violation("ext", "rule", "given"))
            .build();
    assertEquals(
        List.of(
            "ext",
            "user_match.hashed_email",
            "user_match.hashed_phone",
            "custom_data.value",
            "custom_data.num_items",
            "custom_data.contents[1].price",
            "custom_data.contents[1].quantity"),
        event.problems().stream().map(Violation::field).toList());
    assertFalse(event.problems().toString().contains("89,99"));
    assertThrows(NullPointerException.class, () -> ConversionEvent.lead("a", TIME).problem(null));
  }

  @Test
  void aNumberInDigitsWithoutEndIsAProblemAndNotAnHourOfWork() {
    CustomData data = CustomData.builder().value("9".repeat(1_000_000), "USD").build();
    assertEquals("custom_data.value", data.problems().get(0).field());
    assertEquals(1, CustomData.builder().progressPercent(Double.NaN).build().problems().size());
    assertEquals(
        1,
        CustomData.builder().progressSeconds(Double.POSITIVE_INFINITY).build().problems().size());
    assertEquals(
        1, CustomData.builder().numItems(new BigDecimal("1e1000000000")).build().problems().size());
  }

  @Test
  void shortcutsAndCustomDataWriteIntoTheSameData() {
    CustomData.Builder data = CustomData.builder().orderId("o").contentType("product");
    ConversionEvent.Builder builder =
        ConversionEvent.purchase("a", TIME).customData(data).value("1", "USD");
    data.orderId("later");
    CustomData built = builder.build().customData();
    assertEquals("o", built.orderId());
    assertEquals(BigDecimal.ONE, built.value());
    assertEquals("product", built.contentType());
  }

  @Test
  void aBuiltEventDoesNotChangeWithItsBuilder() {
    ConversionEvent.Builder builder = ConversionEvent.purchase("a", TIME).contentIds("x");
    ConversionEvent first = builder.build();
    ConversionEvent second = builder.contentIds("y").value("no number", "USD").build();
    assertEquals(List.of("x"), first.customData().contentIds());
    assertTrue(first.problems().isEmpty());
    assertNotEquals(first, second);
    assertThrows(
        UnsupportedOperationException.class, () -> first.customData().contentIds().add("z"));
  }

  @Test
  void equalPartsMakeEqualEvents() {
    ConversionEvent one = full();
    ConversionEvent two = full();
    assertEquals(one, two);
    assertEquals(one.hashCode(), two.hashCode());
    assertEquals(EventType.of("donate"), EventType.DONATE);
    assertSame(EventType.DONATE, EventType.of("donate"));
    assertEquals(EventType.of("not_known_yet"), EventType.of("not_known_yet"));
    assertSame(ActionSource.IN_STORE, ActionSource.of("in_store"));
    assertEquals(ActionSource.of("chat"), ActionSource.of("chat"));
  }

  @Test
  void textFormShowsNoPersonalData() {
    String text = full().toString();
    for (String secret : List.of("secret", "203.0.113.7", "alice", "ff8d98", "shop.example")) {
      assertFalse(text.contains(secret), text);
    }
    assertTrue(text.contains("txn_1") && text.contains("purchase"), text);
    String id = ConversionEvent.lead("alice@example.com", TIME).build().toString();
    assertTrue(id.contains("(17 characters)"), id);
    assertFalse(
        ConversionEvent.builder("a", EventType.of("alice@example.com"), TIME)
            .actionSource(ActionSource.of("+12065551234"))
            .build()
            .toString()
            .matches(".*(alice|1206).*"));
  }

  private static ConversionEvent full() {
    return ConversionEvent.purchase("txn_1", TIME)
        .source("https://shop.example.com/done?secret=1")
        .user(
            UserMatch.email("alice@example.com")
                .uid("uid2", "secret")
                .clickId("gclid", "secret")
                .clientIp("203.0.113.7")
                .clientUserAgent("secret"))
        .value("12.50", "EUR")
        .orderId("secret")
        .content(ContentItem.of("sku").quantity(2).price("6.25").brand("secret"))
        .build();
  }
}
