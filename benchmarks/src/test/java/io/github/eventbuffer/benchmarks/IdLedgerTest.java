package io.github.eventbuffer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The ledger is what says that nothing was lost, so it is shown losses. */
class IdLedgerTest {
  private final IdLedger ledger = new IdLedger();

  private static byte[] array(int... numbers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int number : numbers) {
      bytes.write(bytes.size() == 0 ? '[' : ',');
      bytes.writeBytes(CheckoutEvent.json(CheckoutEvent.id(number)));
    }
    bytes.write(']');
    return bytes.toByteArray();
  }

  @Test
  void everyIdGivesItsNumberBack() {
    for (long number : new long[] {0, 1, 2, 12_345, 1L << 31, Long.MAX_VALUE}) {
      String digits = CheckoutEvent.id(number).substring("txn_".length());
      assertEquals(number, CheckoutEvent.number(Long.parseUnsignedLong(digits, 16)));
    }
  }

  @Test
  void aNumberWrittenIntoAnEventMakesTheEventOfThatNumber() {
    byte[] json = CheckoutEvent.json(CheckoutEvent.id(0));
    CheckoutEvent.number(json, 77);
    assertEquals(
        new String(CheckoutEvent.json(CheckoutEvent.id(77)), StandardCharsets.UTF_8),
        new String(json, StandardCharsets.UTF_8));
  }

  @Test
  void whatDidNotComeIsMissing() {
    byte[] three = array(0, 1, 3);
    assertEquals(3, ledger.enterArray(three, 0, three.length));
    assertEquals(2, ledger.missing(5));
    ledger.enterEvent(CheckoutEvent.json(CheckoutEvent.id(2)));
    ledger.enterId(CheckoutEvent.id(4));
    assertEquals(0, ledger.missing(5));
    ledger.clear();
    assertEquals(5, ledger.missing(5));
  }

  @Test
  void anEventThatComesTwiceDoesNotStandForAnother() {
    byte[] twice = array(1, 1);
    ledger.enterArray(twice, 0, twice.length);
    assertEquals(1, ledger.missing(2));
  }

  @Test
  void eventsAreFoundAmongOtherBytes() {
    byte[] array = array(0, 1);
    byte[] wrapped =
        ("{\"a\":1}" + new String(array, StandardCharsets.US_ASCII) + "{")
            .getBytes(StandardCharsets.US_ASCII);
    ledger.enterFound(wrapped);
    assertEquals(0, ledger.missing(2));
  }

  @Test
  void whatIsNoEventIsRefused() {
    byte[] cut = array(0, 1);
    assertThrows(IllegalArgumentException.class, () -> ledger.enterArray(cut, 0, cut.length - 1));
    byte[] other = array(0);
    other[10]++;
    assertThrows(IllegalArgumentException.class, () -> ledger.enterArray(other, 0, other.length));
    assertThrows(IllegalArgumentException.class, () -> ledger.enterEvent(new byte[3]));
  }
}
