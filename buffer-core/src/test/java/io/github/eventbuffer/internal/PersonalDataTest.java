package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@example.com",
        "ALICE@EXAMPLE.COM",
        "a@b.co",
        "alice@163.com",
        "alice.o'hara+shop@mail.example.co.uk",
        "order of alice@example.com, paid",
        "<alice@example.com>",
        "mailto:alice@example.com",
        "https://shop.example.com/?email=alice@example.com&x=1",
        "https://shop.example.com/?email=alice%40example.com",
        "https://shop.example.com/?email=alice%40example%2Ecom",
        "https://shop.example.com/?email=alice%2540example.com",
        "https://shop.example.com/?next=%252Fa%253Femail%253Dalice%252540example.com",
        "https://alice:secret@shop.example.com/",
        "100%alice@example.com",
        "\"alice smith\"@example.com",
        "j\u00FCrgen@m\u00FCnchen.de",
        "\u0430@\u043F\u043E\u0447\u0442\u0430.\u0440\u0444",
        "alice@xn--mnchen-3ya.xn--p1ai",
        "alice\uFF20example.com",
        "\uFF41\uFF4C\uFF49\uFF43\uFF45\uFF20\uFF45\uFF58\uFF0E\uFF43\uFF4F\uFF4D",
        "@@alice@example.com",
        "a@b@example.com",
        "_@x.io"
      })
  void emailAddressesAreFound(String text) {
    assertEquals("an e-mail address", PersonalData.find(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+12065551234",
        "+1 206 555 1234",
        "+1 (206) 555-1234",
        "+1-206-555-1234",
        "+1.2065551234",
        "+49 30/123456",
        "+(44) 20 7946 0958",
        "+44 (0) 20 7946 0958",
        "+12345678",
        "+123456789012345",
        "+\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "\uFF0B12065551234",
        "call +12065551234 now",
        "+12065551234, 2026-04-26",
        "+1 206 555 1234 2026-04-26",
        "tel:+12065551234",
        "(+12065551234)",
        "https://shop.example.com/?phone=+12065551234",
        "https://shop.example.com/?phone=%2B12065551234&x=1",
        "https://shop.example.com/?phone=%2B1+206+555+1234",
        "https://shop.example.com/?phone=+1%20206%20555%201234",
        "https://shop.example.com/?phone=%2B1%20%28206%29%20555-1234",
        "https://shop.example.com/?phone=%252B12065551234",
        "+1\u00A0206\u00A0555\u00A01234",
        "+1\u2013206\u2013555\u20131234"
      })
  void phoneNumbersAreFound(String text) {
    assertEquals("a phone number", PersonalData.find(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "+",
        "%",
        "%4",
        "%zz",
        "a@",
        "@b.co",
        "a@b",
        "a@b.c",
        "a@b.",
        "a@.co",
        "order_55512",
        "12065551234",
        "0012065551234",
        "00012345678905",
        "1700000000",
        "1700000000000",
        "fb.1.1700000000.AbCdEfGh",
        "Cj0KCQjwwISlBhD6ARIsAESAmp5-x_Y",
        "GA1.2.1234567890.1700000000",
        "123e4567-e89b-12d3-a456-426614174000",
        "203.0.113.7",
        "2001:db8::8a2e:370:7334",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"
            + " [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005;FBDV/iPhone14,5]",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "2026-04-26T14:30:00+02:00",
        "2026-04-26T14:30:00.123456789+0200",
        "UTC +02:00",
        "1e+12345678",
        "C++17 20230101",
        "Galaxy S24+ 12345678",
        "Bundle A + 10034567",
        "18+ 20260426",
        "+49.99",
        "+1234567",
        "+1234567890123456",
        "+12345678abc",
        "+0123456789",
        "(206) 555-1234",
        "https://shop.example.com/search?q=shoes+12345678",
        "https://shop.example.com/search?q=%22red+shoes%22+12345678",
        "https://shop.example.com/search?q=%22+12345678",
        "https://shop.example.com/?utm_source=a%20b&utm_campaign=50%25",
        "https://shop.example.com/p/100%",
        "https://shop.example.com/caf%C3%A9?x=%E2%82%AC",
        "https://www.example.com/maps/@52.5200066,13.404954,14z",
        "https://www.example.com/@alice/posts",
        "https://www.example.com/@alice.smith/posts",
        "https://www.example.com/?q=@alice.smith",
        "https://cdn.example.com/npm/jquery@3.6.0/dist/jquery.min.js",
        "https://cdn.example.com/npm/@scope/pkg@1.0.0/x.js",
        "https://cdn.example.com/shoe@2x.png",
        "https://cdn.example.com/shoe@3x.webp?v=1",
        "https://photos.example.com/photos/12345678@N00/1",
        "Red shoe, size 42 @ 89.99 EUR",
        "caf\u00E9 \u20AC 12345678",
        "\uD83D\uDC5F shoes"
      })
  void ordinaryTextsPass(String text) {
    assertNull(PersonalData.find(text));
  }

  @Test
  void randomTokensPass() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      String token = Base64.getEncoder().encodeToString(bytes);
      assertNull(PersonalData.find(token), token);
      assertNull(PersonalData.find(Base64.getUrlEncoder().encodeToString(bytes)));
      assertNull(PersonalData.find(new UUID(random.nextLong(), random.nextLong()).toString()));
    }
  }

  @Test
  void timeIsLinearInTheLength() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (String piece : new String[] {"a@", "a@b.", "+1", "+1 ", "%25", "%2525", "a.", "@"}) {
            assertNull(PersonalData.find(piece.repeat(500_000)), piece);
          }
        });
  }
}
