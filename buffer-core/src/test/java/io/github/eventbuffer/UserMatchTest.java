package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserMatchTest {

  private static final String ALICE =
      "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976";
  private static final String PHONE =
      "f48869b8f9aa60d5eb6147b2130ae29eae6e2d6877dbb9eb9448ce04fe90e3ca";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@example.com",
        "Alice@Example.com ",
        "\t ALICE@EXAMPLE.COM\n",
        "\u2003alice@example.com"
      })
  void emailIsStrippedLowerCasedAndHashed(String address) {
    UserMatch match = UserMatch.email(address).build();
    assertEquals(ALICE, match.hashedEmail());
    assertTrue(match.problems().isEmpty());
  }

  @Test
  void emailHashDoesNotDependOnTheDefaultLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      // With Turkish rules, I would become a dotless i.
      assertEquals(
          UserMatch.email("alice@example.com").build(),
          UserMatch.email("ALICE@EXAMPLE.COM").build());
      assertEquals(ALICE, UserMatch.email("ALICE@EXAMPLE.COM").build().hashedEmail());
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+12065551234",
        "+1 (206) 555-1234",
        "+1.206.555.1234",
        "0012065551234",
        "00 1 206 555 1234",
        " +1 206 555\u20111234 ",
        "\u202A+1\u00A0206\u00A0555\u00A01234\u202C",
        "+1 206/5551234",
        "\uFF0B\u0661\u0662\u0660\u0666\u0665\u0665\u0665\u0661\u0662\u0663\u0664"
      })
  void phoneIsNormalisedToE164AndHashed(String number) {
    UserMatch match = UserMatch.phone(number).build();
    assertEquals(PHONE, match.hashedPhone());
    assertTrue(match.problems().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "alice",
        "@example.com",
        "alice@",
        "alice@example",
        "alice@.com",
        "alice@example.",
        "alice@example..com",
        "alice@@example.com",
        "alice smith@example.com",
        "alice@exam\u00A0ple.com",
        "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976"
      })
  void whatIsNoEmailIsAProblemThatDoesNotRepeatIt(String address) {
    UserMatch match = UserMatch.email(address).build();
    assertNull(match.hashedEmail());
    Violation problem = match.problems().get(0);
    assertEquals("user_match.hashed_email", problem.field());
    assertTrue(problem.given().startsWith(address.length() + " characters"), problem.given());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+",
        "00",
        "2065551234",
        "+123456",
        "+1234567890123456",
        "+0123456789",
        "000123456789",
        "+44 (0)20 7946 0958",
        "+1 206 555 1234 x5",
        "1+2065551234",
        "++12065551234",
        "tel:+12065551234"
      })
  void whatIsNoInternationalPhoneNumberIsAProblem(String number) {
    UserMatch match = UserMatch.phone(number).build();
    assertNull(match.hashedPhone());
    assertEquals("user_match.hashed_phone", match.problems().get(0).field());
  }

  @Test
  void phoneTakesSevenToFifteenDigits() {
    assertTrue(UserMatch.phone("+1234567").build().problems().isEmpty());
    assertTrue(UserMatch.phone("+123456789012345").build().problems().isEmpty());
  }

  @Test
  void nullLeavesAnIdentifierOut() {
    UserMatch match =
        UserMatch.builder()
            .email(null)
            .phone(null)
            .hashedEmail(null)
            .hashedPhone(null)
            .uid("rampid", null)
            .uid(null)
            .clickId("gclid", null)
            .clientIp(null)
            .clientUserAgent(null)
            .build();
    assertTrue(match.isEmpty());
    assertTrue(match.problems().isEmpty());
    assertEquals(UserMatch.builder().build(), match);
  }

  @Test
  void aSecondValueSettlesTheProblemOfTheFirst() {
    assertTrue(UserMatch.email("nobody").email("a@b.de").build().problems().isEmpty());
    assertTrue(UserMatch.email("nobody").hashedEmail(ALICE).build().problems().isEmpty());
    assertTrue(UserMatch.phone("nobody").phone(null).build().problems().isEmpty());
    assertEquals(1, UserMatch.email("nobody").email("no one").build().problems().size());
  }

  @Test
  void textFormShowsNoIdentifier() {
    String text =
        UserMatch.email("alice@example.com")
            .phone("+12065551234")
            .uid("rampid", "XY1000secret")
            .clickId("gclid", "Cj0secret")
            .clientIp("203.0.113.7")
            .clientUserAgent("Mozilla/5.0 secret")
            .build()
            .toString();
    for (String secret : new String[] {"secret", ALICE, PHONE, "203.0.113.7", "alice"}) {
      assertFalse(text.contains(secret), text);
    }
    assertEquals("Uid[rampid]", new Uid("rampid", "XY1000secret").toString());
  }
}
