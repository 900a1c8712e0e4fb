package io.github.eventbuffer.testkit;

import java.util.List;
import java.util.Objects;

/** A script that goes through a list of faults once. Thread-safe. */
public final class FaultSequence implements Script {

  private final List<Fault> faults;
  private final Script rest;
  private int next;

  FaultSequence(List<Fault> faults, Script rest) {
    this.faults = faults;
    this.rest = rest;
  }

  @Override
  public Fault next(IncomingRequest request) {
    synchronized (this) {
      if (next < faults.size()) {
        return faults.get(next++);
      }
    }
    return rest.next(request);
  }

  /** The same from its beginning, and this script after its end. */
  public FaultSequence then(Script script) {
    return new FaultSequence(faults, Objects.requireNonNull(script, "script"));
  }

  /** The same from its beginning, and this fault for ever after its end. */
  public FaultSequence then(Fault fault) {
    return then(Script.always(fault));
  }
}
