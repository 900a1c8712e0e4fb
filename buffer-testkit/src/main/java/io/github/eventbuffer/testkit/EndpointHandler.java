package io.github.eventbuffer.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes one request from its arrival to its answer; keeps the order of arrival. */
final class EndpointHandler implements HttpHandler {

  private final Options options;
  private final Ledger ledger;
  private final Judge judge;
  private final Answers answers;
  private final @Nullable RateLimit rateLimit;
  private final Object arrivalOrder = new Object();
  private Script script;
  private int arrived;

  EndpointHandler(
      Options options, EventSources sources, Ledger ledger, Script script, Answers answers) {
    this.options = options;
    this.ledger = ledger;
    this.script = script;
    this.answers = answers;
    this.judge = new Judge(options, sources);
    int perMinute = options.requestsPerMinute();
    this.rateLimit = perMinute == 0 ? null : new RateLimit(perMinute, options.clock());
  }

  void script(Script script) {
    synchronized (arrivalOrder) {
      this.script = script;
    }
  }

  @Override
  public void handle(HttpExchange exchange) {
    try {
      arrive(exchange);
    } catch (RuntimeException | java.lang.Error e) {
      answers.failed(exchange, e);
    }
  }

  private void arrive(HttpExchange exchange) {
    IncomingRequest request;
    RateLimit.@Nullable Decision decision;
    Fault fault;
    synchronized (arrivalOrder) {
      request = new IncomingRequest(exchange, ++arrived, options.maxBodyBytes());
      decision = rateLimit == null ? null : rateLimit.take();
      fault = decision == null || decision.allowed() ? ask(request) : Fault.none();
    }
    if (fault.ending == Fault.Ending.CUT_BEFORE_READING || !readable(request)) {
      enter(request, Fault.Ending.CUT_BEFORE_READING, 0, null, null);
      exchange.close();
      return;
    }
    answers.later(fault.delay, exchange, () -> decide(request, fault, decision));
  }

  /** A client that breaks off while the script reads leaves nothing to do but to close. */
  private Fault ask(IncomingRequest request) {
    try {
      return script.next(request);
    } catch (UncheckedIOException e) {
      if (request.brokenOff()) {
        return Fault.cutBeforeReading();
      }
      throw e;
    }
  }

  private static boolean readable(IncomingRequest request) {
    try {
      request.bytes();
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private void decide(IncomingRequest request, Fault fault, RateLimit.@Nullable Decision decision) {
    Map<String, String> headers = new LinkedHashMap<>(fault.headers);
    if (decision != null) {
      headers.put("RateLimit-Limit", Integer.toString(decision.limit()));
      headers.put("RateLimit-Remaining", Integer.toString(decision.remaining()));
      headers.put("RateLimit-Reset", Long.toString(decision.resetSeconds()));
      if (!decision.allowed()) {
        headers.put("Retry-After", Long.toString(decision.resetSeconds()));
        enter(request, Fault.Ending.FIXED, 429, null, null);
        String body = ErrorBodies.wrapped("RATE_LIMITED", "too many requests");
        answers.give(request.exchange(), 429, headers, "application/json", utf8(body));
        return;
      }
    }
    Judge.Verdict verdict = judge.judge(request, fault);
    int status = fault.ending == Fault.Ending.FIXED ? fault.status : verdict.status();
    enter(request, fault.ending, status, verdict, fault.stores ? verdict.stored() : null);
    answers.end(
        request.exchange(), fault, verdict.status(), headers, utf8(verdict.body().toString()));
  }

  private void enter(
      IncomingRequest request,
      Fault.Ending ending,
      int status,
      Judge.@Nullable Verdict verdict,
      @Nullable List<Ledger.Arrival> stored) {
    ParsedBatch batch = verdict == null ? null : verdict.batch();
    boolean read = request.wasRead() && !request.tooLarge() && !request.undecodable();
    ledger.enter(
        new RecordedRequest(
            request.number(),
            options.clock().now(),
            statusSeen(ending, status),
            batch == null ? -1 : batch.events().size(),
            stored != null,
            0,
            read ? Digests.hex(Digests.sha256(request.bytes())) : "",
            read ? request.bytes().length : -1,
            1,
            batch == null ? "" : batch.testEventCode()),
        stored,
        verdict == null ? List.of() : verdict.found());
  }

  private static int statusSeen(Fault.Ending ending, int status) {
    return switch (ending) {
      case ORDINARY, FIXED, DRIP -> status;
      case ENDLESS -> 200;
      default -> RecordedRequest.NO_STATUS;
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
