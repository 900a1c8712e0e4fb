package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.BufferHealth;
import io.github.eventbuffer.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final RetryPolicy POLICY =
      new RetryPolicy(
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofMinutes(15));

  /** Shortly before the monotonic clock overflows, as it may. */
  private long now = Long.MAX_VALUE - 10;

  private final List<Long> bounds = new ArrayList<>();

  /** Draws the longest delay there may be. */
  private final Gate gate =
      new Gate(
          POLICY,
          most -> {
            bounds.add(most);
            return most;
          });

  private void pass(Duration delay) {
    assertEquals(0, gate.permits(now, 4), "open at once");
    assertEquals(0, gate.permits(now + delay.toNanos() - 1, 4), "opened early");
    now += delay.toNanos();
  }

  @Test
  void anOpenGateLetsAllThrough() {
    assertEquals(4, gate.permits(now, 4));
    assertEquals(BufferHealth.State.RUNNING, gate.state());
    assertNull(gate.reason());
  }

  @Test
  void theBoundOfTheDelayDoublesUpToTheCapAndTheDrawIsTaken() {
    for (int failure = 0; failure < 70; failure++) {
      Duration delay = gate.backOff(now, "down", null);
      long bound = Math.min(300, failure < 20 ? 1L << failure : 300);
      assertEquals(Duration.ofSeconds(bound).toNanos(), bounds.get(failure));
      assertEquals(Duration.ofSeconds(bound), delay);
      pass(delay);
    }
    Gate early = new Gate(POLICY, most -> most / 3);
    assertEquals(Duration.ofNanos(1_000_000_000L / 3), early.backOff(now, "down", null));
  }

  @Test
  void afterTheDelayOneProbeAtATimeUntilOneSucceeds() {
    for (int failure = 0; failure < 5; failure++) {
      pass(gate.backOff(now, "down", null));
      assertEquals(1, gate.permits(now, 4));
    }
    assertTrue(gate.succeeded());
    assertEquals(4, gate.permits(now, 4));
    assertFalse(gate.succeeded());
    // The next outage begins with the shortest delay again.
    assertEquals(Duration.ofSeconds(1), gate.backOff(now, "down", null));
  }

  @Test
  void attemptsThatWereMadeTogetherAndFailTogetherAreOneFailure() {
    for (int volley = 0; volley < 4; volley++) {
      Duration delay = gate.backOff(now, "down", null);
      for (int other = 1; other < 4; other++) {
        assertEquals(delay.minusNanos(other), gate.backOff(now + other, "down", null));
      }
      assertEquals(volley + 1, bounds.size());
      pass(delay);
    }
    assertEquals(Duration.ofSeconds(16), gate.backOff(now, "down", null));
  }

  @Test
  void holdsOfOneVolleyAreOneHoldAndProbesGetRarerUpToTheirCap() {
    Duration[] expected = {
      Duration.ofMinutes(1),
      Duration.ofMinutes(2),
      Duration.ofMinutes(4),
      Duration.ofMinutes(8),
      Duration.ofMinutes(15),
      Duration.ofMinutes(15)
    };
    for (Duration delay : expected) {
      assertEquals(delay, gate.hold(now, "revoked"));
      for (int other = 0; other < 3; other++) {
        assertEquals(delay, gate.hold(now, "revoked"));
      }
      assertEquals(BufferHealth.State.HELD, gate.state());
      assertEquals("revoked", gate.reason());
      pass(delay);
      assertEquals(1, gate.permits(now, 4));
    }
    gate.succeeded();
    assertEquals(Duration.ofMinutes(1), gate.hold(now, "revoked"));
  }

  @Test
  void theWishOfTheEndpointIsClampedAndNotCountedAsABackoff() {
    assertEquals(Duration.ofSeconds(1), Gate.clamp(Duration.ofSeconds(-5)));
    assertEquals(Duration.ofSeconds(1), Gate.clamp(Duration.ofMillis(999)));
    assertEquals(Duration.ofSeconds(1), Gate.clamp(Duration.ofSeconds(1)));
    assertEquals(Duration.ofMinutes(60), Gate.clamp(Duration.ofMinutes(60)));
    assertEquals(Duration.ofHours(1), Gate.clamp(Duration.ofHours(1).plusMillis(1)));
    assertEquals(Duration.ofHours(1), Gate.clamp(Duration.ofSeconds(Long.MAX_VALUE)));
    pass(gate.throttle(now, Duration.ofDays(365_000)));
    pass(gate.backOff(now, "down", Duration.ZERO));
    assertEquals(List.of(), bounds);
  }

  @Test
  void aShorterDelayDoesNotShortenTheOneUnderWay() {
    assertEquals(Duration.ofSeconds(60), gate.throttle(now, Duration.ofSeconds(60)));
    assertEquals(Duration.ofSeconds(60), gate.throttle(now, Duration.ofSeconds(2)));
    assertEquals(Duration.ofSeconds(60), gate.backOff(now, "down", null));
    assertEquals(Duration.ofSeconds(90), gate.throttle(now, Duration.ofSeconds(90)));
    pass(Duration.ofSeconds(90));
  }

  @Test
  void aProbeThatIsAskedForMayGoAtOnce() {
    gate.hold(now, "revoked");
    gate.probeNow(now);
    assertEquals(1, gate.permits(now, 4));
    assertEquals(Duration.ofMinutes(1), gate.hold(now, "revoked"));
  }

  /**
   * Of two attempts under way, one failed and the other was refused: the next hold is the second.
   */
  @Test
  void aHoldDuringABackoffIsTheFirst() {
    gate.backOff(now, "down", null);
    Duration first = gate.hold(now, "revoked");
    assertEquals(Duration.ofMinutes(1), first);
    pass(first);
    assertEquals(Duration.ofMinutes(2), gate.hold(now, "revoked"));
  }

  /** A thousand services that lost the same endpoint at the same moment come back one by one. */
  @Test
  void theRetriesOfAThousandClientsAreSpreadEvenly() {
    SplittableRandom random = new SplittableRandom(7);
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      gates.add(new Gate(POLICY, most -> random.nextLong(most + 1)));
    }
    for (int failure = 0; failure < 9; failure++) {
      long bound = Duration.ofSeconds(Math.min(300, 1L << failure)).toNanos();
      int[] tenths = new int[10];
      for (Gate gate : gates) {
        long delay = gate.backOff(now, "down", null).toNanos();
        tenths[(int) Math.min(9, delay * 10 / bound)]++;
      }
      for (int tenth : tenths) {
        assertTrue(
            tenth > 60 && tenth < 140, "failure " + failure + ": " + Arrays.toString(tenths));
      }
      now += bound;
    }
  }

  /** What failed otherwise of the attempts that were under way. */
  @Test
  void aHoldIsNotHiddenByWhatElseFails() {
    Duration delay = gate.hold(now, "revoked");
    assertEquals(delay, gate.backOff(now, "down", null));
    assertEquals(delay, gate.throttle(now, Duration.ofSeconds(1)));
    assertEquals(BufferHealth.State.HELD, gate.state());
    assertEquals("revoked", gate.reason());
    pass(delay);
    gate.backOff(now, "down", null);
    assertEquals(BufferHealth.State.BACKING_OFF, gate.state());
  }
}
