package io.github.eventbuffer.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes answers, good and bad.
 *
 * <p>A silent or delayed exchange occupies no thread: it stays open without one, because the JDK's
 * server does not mind a handler that returns without answering. Only an answer that is written
 * slowly has a thread of its own, at most {@value #MAX_SLOW} at a time. Closing an exchange that
 * has not been answered whole cuts its connection.
 */
final class Answers implements AutoCloseable {

  private static final int MAX_SLOW = 64;
  private static final long MAX_ENDLESS_BYTES = 256L << 20;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor slow;
  private final ScheduledThreadPoolExecutor timer;

  Answers(ThreadPoolExecutor workers) {
    this.workers = workers;
    slow =
        new ThreadPoolExecutor(
            0,
            MAX_SLOW,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DaemonThreads("fake-endpoint-slow"));
    timer = new ScheduledThreadPoolExecutor(1, new DaemonThreads("fake-endpoint-timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs the rest of an exchange now, or on a worker when the delay has passed. */
  void later(Duration delay, HttpExchange exchange, Runnable rest) {
    if (delay.isZero()) {
      rest.run();
      return;
    }
    Runnable guarded =
        () -> {
          try {
            rest.run();
          } catch (RuntimeException | Error e) {
            failed(exchange, e);
          }
        };
    schedule(delay, exchange, () -> workers.execute(guarded));
  }

  /** Ends an exchange as the fault says. */
  void end(
      HttpExchange exchange,
      Fault fault,
      int ordinaryStatus,
      Map<String, String> headers,
      byte[] ordinary) {
    switch (fault.ending) {
      case ORDINARY -> give(exchange, ordinaryStatus, headers, "application/json", ordinary);
      case FIXED -> give(exchange, fault.status, headers, fault.contentType, fault.body);
      case CUT, CUT_BEFORE_READING -> exchange.close();
      case CUT_WHILE_ANSWERING -> cutMidway(exchange, ordinaryStatus, headers, ordinary);
      case SILENCE -> {
        if (fault.bound != null) {
          schedule(fault.bound, exchange, exchange::close);
        }
      }
      case DRIP ->
          slowly(exchange, () -> drip(exchange, fault.interval, ordinaryStatus, headers, ordinary));
      case ENDLESS -> slowly(exchange, () -> endless(exchange, headers));
    }
  }

  /** Writes a whole answer. A client that has gone is no error here. */
  void give(
      HttpExchange exchange,
      int status,
      Map<String, String> headers,
      String contentType,
      byte[] body) {
    try (exchange) {
      start(exchange, status, headers, contentType, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    } catch (IOException e) {
      // The connection is gone and closed; there is nobody to tell.
    }
  }

  /** A fault of the endpoint itself, or of a script: told to the client, which is the test. */
  void failed(HttpExchange exchange, Throwable cause) {
    String body = ErrorBodies.wrapped("INTERNAL_ERROR", "the fake endpoint failed: " + cause);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    give(exchange, 500, Map.of(), "application/json", bytes);
  }

  /** Ends what is slow or delayed; the server has closed the connections. */
  @Override
  public void close() {
    closed.countDown();
    timer.shutdownNow();
    slow.shutdownNow();
  }

  private static void start(
      HttpExchange exchange,
      int status,
      Map<String, String> headers,
      String contentType,
      long length)
      throws IOException {
    headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    if (!contentType.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Type", contentType);
    }
    exchange.sendResponseHeaders(status, length);
  }

  private static void cutMidway(
      HttpExchange exchange, int status, Map<String, String> headers, byte[] body) {
    try (exchange) {
      start(exchange, status, headers, "application/json", body.length);
      OutputStream out = exchange.getResponseBody();
      out.write(Arrays.copyOf(body, body.length / 2));
      out.flush();
    } catch (IOException e) {
      // Cut is what was asked for.
    }
  }

  private void drip(
      HttpExchange exchange,
      Duration interval,
      int status,
      Map<String, String> headers,
      byte[] body) {
    try (exchange) {
      start(exchange, status, headers, "application/json", body.length);
      OutputStream out = exchange.getResponseBody();
      for (byte next : body) {
        if (closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
        out.write(next);
        out.flush();
      }
    } catch (IOException e) {
      // The client lost its patience.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endless(HttpExchange exchange, Map<String, String> headers) {
    byte[] chunk = new byte[8192];
    Arrays.fill(chunk, (byte) 'x');
    try (exchange) {
      start(exchange, 200, headers, "application/json", 0);
      OutputStream out = exchange.getResponseBody();
      out.write("{\"warnings\":[\"".getBytes(StandardCharsets.UTF_8));
      for (long sent = 0; sent < MAX_ENDLESS_BYTES && closed.getCount() > 0; sent += chunk.length) {
        out.write(chunk);
      }
    } catch (IOException e) {
      // The client had enough.
    }
  }

  private void slowly(HttpExchange exchange, Runnable answer) {
    try {
      slow.execute(answer);
    } catch (RejectedExecutionException e) {
      exchange.close();
    }
  }

  private void schedule(Duration delay, HttpExchange exchange, Runnable task) {
    try {
      timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      exchange.close();
    }
  }
}
