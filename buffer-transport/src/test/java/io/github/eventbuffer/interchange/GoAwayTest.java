package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.BufferStats;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.interchange.Http2Connection.Request;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Over https the client speaks HTTP/2, where a server that restarts says GOAWAY, with the last
 * stream that it takes care of. Whatever becomes of the streams below and above, what was not
 * answered with success is sent again, over another connection.
 */
@Timeout(60)
class GoAwayTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Pattern ID = Pattern.compile("\"event_id\":\"([^\"]+)\"");
  private static final int EVENTS = 1_000;
  private static final int EVENTS_PER_BATCH = 25;
  private static final int IN_FLIGHT = 4;
  private static final int FAREWELLS = 4;

  private static SSLContext tls;
  private static SSLContext before;

  @TempDir Path directory;
  private final Map<String, Integer> arrivals = new ConcurrentHashMap<>();
  private final AtomicInteger farewells = new AtomicInteger();

  /** The transport trusts whom its JVM trusts. */
  @BeforeAll
  static void trustTheServer(@TempDir Path keys) throws Exception {
    before = SSLContext.getDefault();
    tls = LoopbackKey.in(keys);
    SSLContext.setDefault(tls);
  }

  @AfterAll
  static void trustItNoMore() throws NoSuchAlgorithmException {
    SSLContext.setDefault(before);
  }

  /** How a connection ends: what becomes of one more request, and of those behind it. */
  private enum Farewell {
    /** Takes no further request. */
    AFTER_THE_ANSWER {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        test.serve(to, last);
        to.goAway(last.stream());
      }
    },
    /** Finishes what it has begun, as RFC 9113 wants it. */
    BEFORE_THE_ANSWER {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        to.goAway(last.stream());
        test.serve(to, last);
      }
    },
    /** Warns, and answers whatever comes until the client goes, as proxies do before they drain. */
    WITH_A_WARNING {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        to.goAway(Integer.MAX_VALUE);
        for (Request request = last; ; request = to.next()) {
          test.serve(to, request);
        }
      }
    },
    /** Stores the events and tells nobody. */
    IN_PLACE_OF_THE_ANSWER {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        test.store(last);
        to.goAway(last.stream());
      }
    },
    /** The same, and leaves the client waiting on an open connection. */
    AND_SILENCE {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        test.store(last);
        to.goAway(last.stream());
        while (true) {
          to.next();
        }
      }
    },
    /** Has not looked at the request, and says so. */
    UNPROCESSED {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        to.goAway(last.stream() - 2);
      }
    },
    /** Has not waited for the end of the request. */
    IN_MID_REQUEST {
      @Override
      void say(GoAwayTest test, Http2Connection to, Request last) throws IOException {
        test.serve(to, last);
        to.goAway(to.nextBegun() - 2);
      }
    };

    abstract void say(GoAwayTest test, Http2Connection to, Request last) throws IOException;
  }

  private void play(Socket socket, Farewell farewell) throws IOException {
    try (Http2Connection connection = new Http2Connection(socket, tls)) {
      serve(connection, connection.next());
      while (true) {
        Request request = connection.next();
        if (farewells.incrementAndGet() <= FAREWELLS) {
          farewell.say(this, connection, request);
          return;
        }
        serve(connection, request);
      }
    }
  }

  private void serve(Http2Connection connection, Request request) throws IOException {
    int events = store(request);
    connection.answer(
        request.stream(),
        "{\"events_received\":" + events + ",\"events_processed\":" + events + "}");
  }

  private int store(Request request) {
    Matcher ids = ID.matcher(request.body());
    int events = 0;
    while (ids.find()) {
      arrivals.merge(ids.group(1), 1, Integer::sum);
      events++;
    }
    return events;
  }

  private EventBuffer filled(InterchangeTransport transport) {
    return FilledBuffer.open(
        FilledBuffer.options(directory, transport)
            .maxBatchEvents(EVENTS_PER_BATCH)
            .maxInFlightBatches(IN_FLIGHT),
        EVENTS);
  }

  @ParameterizedTest
  @EnumSource
  void whatGoAwayLeavesUnansweredIsSentAgainOverAnotherConnection(Farewell farewell)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(socket -> play(socket, farewell));
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> "scope3_key")
                .baseUrl(URI.create("https://127.0.0.1:" + server.url().getPort() + "/api"))
                // JDK 17's client loses one of many requests that meet a GOAWAY, and JDK 25's waits
                // for an answer below the last stream: nothing else ends these.
                .requestTimeout(Duration.ofSeconds(2))
                .build();
        EventBuffer buffer = filled(transport)) {
      assertTrue(buffer.flush(LONG).complete(), () -> buffer.health() + " " + arrivals.size());
      assertEquals(EVENTS, arrivals.size());
      BufferStats stats = buffer.stats();
      assertEquals(EVENTS, stats.delivered());
      assertEquals(0, stats.deadLettered());
      assertTrue(farewells.get() >= FAREWELLS, "farewells: " + farewells);
      assertTrue(server.connections.get() > 1, "connections: " + server.connections);
      // A connection takes with it what is under way on it, and no more than that.
      long most = EVENTS + (long) FAREWELLS * IN_FLIGHT * EVENTS_PER_BATCH;
      long arrived = arrivals.values().stream().mapToInt(Integer::intValue).sum();
      assertTrue(arrived <= most, "arrived: " + arrived);
    }
  }
}
