package io.github.eventbuffer.testkit;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Decides, request by request, what the endpoint does. Asked in the order of arrival, one request
 * at a time, so a script may count; the scripts made here are thread-safe and deterministic.
 */
@FunctionalInterface
public interface Script {

  /** What to do with this request. */
  Fault next(IncomingRequest request);

  /** No faults. */
  static Script ok() {
    return always(Fault.none());
  }

  /** The same fault every time. */
  static Script always(Fault fault) {
    Objects.requireNonNull(fault, "fault");
    return request -> fault;
  }

  /** A fault for the requests that match; no fault for the others. */
  static Script when(Predicate<? super IncomingRequest> predicate, Fault fault) {
    Objects.requireNonNull(predicate, "predicate");
    Objects.requireNonNull(fault, "fault");
    return request -> predicate.test(request) ? fault : Fault.none();
  }

  /** These faults, one per request in this order, then no fault unless {@code then} says more. */
  static FaultSequence sequence(Fault... faults) {
    return new FaultSequence(List.of(faults), ok());
  }

  /** The same fault for the first requests, then no fault unless {@code then} says more. */
  static FaultSequence times(int count, Fault fault) {
    return new FaultSequence(Collections.nCopies(count, fault), ok());
  }

  /**
   * A fault for about so many of a hundred requests, each time one of those given.
   *
   * @param seed the same seed gives the same decisions in the order of arrival
   * @param percent 0 to 100
   * @throws IllegalArgumentException if percent is out of range or there is no fault to choose from
   */
  static Script random(long seed, int percent, Fault... faults) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent: 0 to 100, not " + percent);
    }
    if (faults.length == 0) {
      throw new IllegalArgumentException("faults: at least one");
    }
    Fault[] choice = Arrays.copyOf(faults, faults.length);
    Random random = new Random(seed);
    return request -> {
      synchronized (random) {
        int dice = random.nextInt(100);
        Fault fault = choice[random.nextInt(choice.length)];
        return dice < percent ? fault : Fault.none();
      }
    };
  }

  /** Asks the other script wherever this one has no fault. */
  default Script orElse(Script other) {
    Objects.requireNonNull(other, "other");
    return request -> {
      Fault fault = next(request);
      return fault == Fault.none() ? other.next(request) : fault;
    };
  }
}
