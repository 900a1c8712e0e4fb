package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Dose;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.Test;

/** What is called ordinary, {@link EventReader} reads and {@link EventValidator} finds valid. */
@AddLifecycleHook(Dose.class)
class EventScanFuzzTest {
  private static final EventValidator.Rules[] RULES = {
    new EventValidator.Rules(true, true),
    new EventValidator.Rules(true, false),
    new EventValidator.Rules(false, true),
    new EventValidator.Rules(false, false)
  };

  /** One for all, so that behind an event there is what is left of another. */
  private static final EntryBuffer ENTRY = new EntryBuffer(1 << 20, QueueFixture.FORMAT);

  private static final DuplicateKey.Digest DIGEST = new DuplicateKey.Digest();

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void anOrdinaryEventIsValid(@ForAll long seed, @ForAll @IntRange(max = 30) int oddity)
      throws Exception {
    judge(utf8(new NearlyEvents(seed, oddity).next()));
  }

  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void anOrdinaryEventIsValidWhateverBytesWereChanged(@ForAll long seed, @ForAll long mutation)
      throws Exception {
    judge(NearlyEvents.mutated(utf8(new NearlyEvents(seed, 0).next()), mutation));
  }

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
  void whatTheEncoderWritesIsNoException(@ForAll long seed) throws Exception {
    judge(SampleEvents.encode(new RandomEvents(seed).next()));
  }

  @Test
  void theEventsThatAreTriedAreOrdinaryAndNot() throws Exception {
    int ordinary = 0;
    int changed = 0;
    int valid = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      byte[] json = utf8(new NearlyEvents(seed, 2).next());
      ordinary += judge(json) ? 1 : 0;
      changed += judge(NearlyEvents.mutated(json, seed)) ? 1 : 0;
      valid += isValid(json) ? 1 : 0;
    }
    String seen = ordinary + " ordinary, " + changed + " of them changed, " + valid + " valid";
    assertTrue(ordinary > 150 && ordinary < 900 && changed > 20 && ordinary * 10 > valid * 6, seen);
  }

  private static boolean isValid(byte[] json) {
    try {
      return new EventValidator(RULES[3]).validate(EventReader.read(json)).isEmpty();
    } catch (MalformedEventException e) {
      return false;
    }
  }

  /** Whether it is ordinary by any rules, by which then it has to be valid. */
  static boolean judge(byte[] json) throws MalformedEventException {
    boolean any = false;
    for (EventValidator.Rules rules : RULES) {
      ENTRY.payload(json);
      boolean ordinary = ENTRY.isOrdinary(rules);
      assertArrayEquals(json, ENTRY.payload());
      if (ordinary) {
        ConversionEvent event = EventReader.read(json);
        assertEquals(List.of(), new EventValidator(rules).validate(event));
        assertEquals(event.eventId().hashCode(), ENTRY.scan.digest(ENTRY.digest));
        DIGEST.update(event.type().value(), event.eventId());
        assertEquals(DIGEST.high(), ENTRY.digest.high());
        assertEquals(DIGEST.low(), ENTRY.digest.low());
      }
      any |= ordinary;
    }
    return any;
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
