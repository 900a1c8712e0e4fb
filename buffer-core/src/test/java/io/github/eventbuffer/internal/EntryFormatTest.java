package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.Destination;
import org.junit.jupiter.api.Test;

class EntryFormatTest {
  private static final EntryFormat EVENTS =
      EntryFormat.events(Destination.of("advertiser", "source"));
  private static final EntryFormat LETTERS =
      EntryFormat.letters(Destination.of("advertiser", "source"));

  /** What stands in files; the hashes are of another implementation. */
  @Test
  void theFirstFourBytesStayAsTheyAre() {
    assertEquals(0xd772_0101, EVENTS.header(Frame.EVENT));
    assertEquals(0xd772_0201, EVENTS.header(Frame.MARK));
    assertEquals(0xd772_0301, LETTERS.header(Frame.LETTER));
    assertEquals(0xd772_0401, LETTERS.header(Frame.LETTERS_MARK));
    assertEquals(0xd772_0501, LETTERS.header(Frame.LETTERS_TAKEN));
    Destination test = Destination.of("w\u00e9rbung", "source").testEventCode("code");
    assertEquals(0x3a6f_0101, EntryFormat.events(test).header(Frame.EVENT));
  }

  @Test
  void eachQueueBelievesItsOwn() {
    assertTrue(EVENTS.isHeader(0xd772_0101));
    assertTrue(EVENTS.isHeader(0xd772_0201));
    assertTrue(LETTERS.isHeader(0xd772_0301));
    assertTrue(LETTERS.isHeader(0xd772_0401));
    assertTrue(LETTERS.isHeader(0xd772_0501));
  }

  @Test
  void noQueueBelievesWhatIsNotItsOwn() {
    int[] ofOthers = {0, 0x0000_0101, 0x4676_0101, 0x0000_0201, 0xd772_0301, 0xd772_0601};
    for (int header : ofOthers) {
      assertFalse(EVENTS.isHeader(header), Integer.toHexString(header));
    }
    for (int header : new int[] {0xd772_0101, 0x0000_0201, 0x4676_0301, 0x0000_0501}) {
      assertFalse(LETTERS.isHeader(header), Integer.toHexString(header));
    }
  }

  @Test
  void aMarkBelongsIntoOneSegment() {
    Destination destination = Destination.of("advertiser", "source");
    assertEquals(0xb76a_d772 + 0x0102, EVENTS.markHash(0x0102));
    assertTrue(EVENTS.belongs(Frame.MARK, EVENTS.markHash(7), 7));
    assertFalse(EVENTS.belongs(Frame.MARK, EVENTS.markHash(7), 8));
    assertFalse(
        EVENTS.belongs(
            Frame.MARK, EntryFormat.events(destination.testEventCode("t")).markHash(7), 7));
    assertTrue(EVENTS.belongs(Frame.EVENT, 0, 7));
    EntryFormat any = EntryFormat.eventsAndAnyMark(destination);
    assertTrue(any.belongs(Frame.MARK, 0, 7));
    assertTrue(any.isHeader(0x4676_0201));
    assertFalse(any.isHeader(0x4676_0101));
    assertFalse(any.isHeader(0x4676_0401));
  }
}
