package io.github.eventbuffer.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.Audience;
import io.github.eventbuffer.interchange.AudienceMember;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A large audience does not have to fit on the heap. */
@Tag("slow")
class ManyMembersTest {
  private static final int MEMBERS = 1_000_000;
  private static final String TAKEN = "{\"success\":true,\"taskId\":\"t-1\"}";

  /** What the child does: hashes a million members and sends them. */
  static final class Program {
    public static void main(String[] arguments) {
      try (InterchangeTransport transport =
          InterchangeTransport.builder()
              .apiKey(() -> "scope3_key_of_a_test")
              .baseUrl(URI.create(arguments[0]))
              .build()) {
        Audience audience =
            Audience.of("everybody")
                .add(IntStream.range(0, MEMBERS).mapToObj(Program::member).iterator());
        System.out.println(
            transport.client().audiences().sync("25", List.of(audience)).added()
                + " with "
                + Runtime.getRuntime().maxMemory() / (1 << 20)
                + " MiB");
      }
    }

    private static AudienceMember member(int number) {
      return AudienceMember.of(
          "cust_" + number, UserMatch.email("someone" + number + "@example.com").build());
    }
  }

  @Test
  void aMillionMembersAreSentWith64MiBOfHeap() throws Exception {
    AtomicLong members = new AtomicLong();
    AtomicInteger calls = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
          members.addAndGet(body.split("\"externalId\"", -1).length - 1);
          calls.incrementAndGet();
          exchange.sendResponseHeaders(202, TAKEN.length());
          exchange.getResponseBody().write(TAKEN.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.start();
    List<String> said = new ArrayList<>();
    try (Child child =
        new Child(
            List.of("env", "JAVA_TOOL_OPTIONS=-Xmx64m"),
            Program.class,
            List.of("http://127.0.0.1:" + server.getAddress().getPort()),
            said::add)) {
      assertEquals(0, child.await(), said.toString());
    } finally {
      server.stop(0);
    }
    // A little of the heap is set aside by the collector.
    assertEquals(1, said.size());
    assertEquals(MEMBERS + " with ", said.get(0).replaceAll("\\d+ MiB", ""));
    assertEquals(MEMBERS, members.get());
    assertEquals(MEMBERS / 10_000, calls.get());
  }
}
