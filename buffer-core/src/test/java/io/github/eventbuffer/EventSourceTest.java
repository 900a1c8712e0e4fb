package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSourceTest {
  private static EventSource.Builder source() {
    return EventSource.builder("website_pixel");
  }

  @Test
  void lengthsAreThoseOfTheReference() {
    assertThrows(IllegalArgumentException.class, () -> EventSource.of(""));
    assertEquals(255, EventSource.of("x".repeat(255)).eventSourceId().length());
    assertThrows(IllegalArgumentException.class, () -> EventSource.of("x".repeat(256)));
    source().name("x".repeat(255)).integrationPlatform("x".repeat(128));
    source().testEventCode("x".repeat(256));
    assertThrows(IllegalArgumentException.class, () -> source().name("x".repeat(256)));
    assertThrows(IllegalArgumentException.class, () -> source().name(""));
    assertThrows(
        IllegalArgumentException.class, () -> source().integrationPlatform("x".repeat(129)));
    assertThrows(IllegalArgumentException.class, () -> source().testEventCode("x".repeat(257)));
  }

  @Test
  void anyWellFormedTypeIsTaken() {
    EventType future = EventType.of("not_known_yet");
    assertEquals(
        List.of(EventType.PURCHASE, future),
        source().eventTypes(EventType.PURCHASE, future, EventType.PURCHASE).build().eventTypes());
    assertThrows(
        IllegalArgumentException.class, () -> source().eventTypes(EventType.of("Purchase")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.com", "shop.example.com", "*.example.com", "xn--bcher-kva.example", "a"})
  void domainsAreHostNames(String domain) {
    assertEquals(List.of(domain), source().allowedDomains(domain).build().allowedDomains());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://example.com",
        "example.com/",
        "example.com:443",
        "exa mple.com",
        "-a.example",
        "a..b",
        "example.com.",
        "bücher.example"
      })
  void whatIsNoHostNameIsRefused(String domain) {
    assertThrows(IllegalArgumentException.class, () -> source().allowedDomains(domain));
  }

  @Test
  void upperCaseIsLowered() {
    assertEquals(
        List.of("shop.example.com"),
        source().allowedDomains("Shop.Example.COM", "shop.example.com").build().allowedDomains());
  }

  @Test
  void equalByValue() {
    FieldMapping mapping =
        FieldMapping.none()
            .with(FieldMapping.Field.EVENT_ID, "id")
            .userMatchFields("email_sha256")
            .dedupeStrategy("primary key")
            .notes("none");
    assertEquals(
        source().mapping(mapping).build(), source().mapping(mapping.notes("none")).build());
    assertNotEquals(source().build(), source().mapping(mapping).build());
    assertThrows(IllegalArgumentException.class, () -> mapping.notes(" "));
    assertThrows(IllegalArgumentException.class, () -> mapping.with(FieldMapping.Field.VALUE, ""));
  }

  /** UTF-8 has no form for it. */
  @Test
  void halfOfASurrogatePairIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> EventSource.of("a\uD800"));
    assertThrows(IllegalArgumentException.class, () -> source().name("\uDC00"));
    assertThrows(
        IllegalArgumentException.class,
        () -> FieldMapping.none().with(FieldMapping.Field.values()[0], "a\uD800"));
    assertEquals("\uD83D\uDE00", source().name("\uD83D\uDE00").build().name());
  }
}
