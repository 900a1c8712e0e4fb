package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeEndpointLifecycleTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void stoppedEndpointRefusesConnectionsAndComesBackOnItsPort() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      Client client = new Client(endpoint);
      client.post(Client.batchOf(0, 1));
      endpoint.stop();
      assertThrows(ConnectException.class, () -> client.post(Client.batchOf(1, 1)));
      endpoint.restart();
      assertThrows(IllegalStateException.class, endpoint::restart);
      client.post(Client.batchOf(2, 1));
      assertEquals(2, endpoint.ledger().count());
    }
  }

  @Test
  void fixedPortAndPathAreUsed() throws Exception {
    int port;
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      port = endpoint.port();
    }
    try (FakeEndpoint endpoint = FakeEndpoint.builder().port(port).basePath("").start()) {
      assertEquals(URI.create("http://127.0.0.1:" + port), endpoint.baseUrl());
      assertEquals(200, new Client(endpoint).post(Client.batchOf(0, 1)).statusCode());
    }
  }

  @Test
  void nothingButLoopbackIsBound() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      // 127.0.0.2 is the same machine; a server on every address would answer there.
      InetAddress neighbour = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
      try (Socket socket = new Socket()) {
        InetSocketAddress address = new InetSocketAddress(neighbour, endpoint.port());
        assertThrows(IOException.class, () -> socket.connect(address, 1000));
      }
    }
  }

  @Test
  void clientThatBreaksOffIsRecorded() throws Exception {
    try (FakeEndpoint endpoint = FakeEndpoint.start()) {
      try (Socket socket = new Socket("127.0.0.1", endpoint.port())) {
        String head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }
      assertTrue(endpoint.ledger().awaitRequests(1, SOON));
      RecordedRequest request = endpoint.ledger().requests().get(0);
      assertEquals(RecordedRequest.NO_STATUS, request.status());
      assertEquals(-1, request.bodyBytes());
    }
  }

  @Test
  void threadsAreNamedDaemonsAndEnd() throws Exception {
    FakeEndpoint endpoint = FakeEndpoint.start();
    endpoint.script(Script.always(Fault.delay(Duration.ofMillis(1))));
    new Client(endpoint).post(Client.batchOf(0, 1));
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("fake-endpoint"))
            .toList();
    assertFalse(threads.isEmpty());
    assertTrue(threads.stream().allMatch(Thread::isDaemon));
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("HTTP-Dispatcher"))
            .allMatch(Thread::isDaemon));
    endpoint.close();
    endpoint.close();
    for (Thread thread : threads) {
      thread.join(SOON.toMillis());
      assertFalse(thread.isAlive(), thread.getName());
    }
  }

  @Test
  void badOptionsAreRefused() {
    FakeEndpointBuilder builder = FakeEndpoint.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.port(65_536));
    assertThrows(IllegalArgumentException.class, () -> builder.basePath("api"));
    assertThrows(IllegalArgumentException.class, () -> builder.apiKey("sk_x"));
    assertThrows(IllegalArgumentException.class, () -> builder.threads(0));
    assertThrows(IllegalArgumentException.class, () -> builder.maxBodyBytes(0));
  }
}
