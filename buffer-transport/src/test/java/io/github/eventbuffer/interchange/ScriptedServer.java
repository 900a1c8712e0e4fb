package io.github.eventbuffer.interchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback whose every connection is in the hands of the test. */
final class ScriptedServer implements AutoCloseable {
  /** What to do with a connection; it is closed afterwards. */
  interface Script {
    void play(Socket socket) throws Exception;
  }

  /** A request as it came over the wire, the body without its transfer coding. */
  record Request(String head, byte[] body) {
    String header(String name) {
      for (String line : head.split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  final AtomicInteger connections = new AtomicInteger();
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  ScriptedServer(Script script) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (true) {
            Socket socket = listener.accept();
            connections.incrementAndGet();
            open.add(socket);
            daemon(
                () -> {
                  try (socket) {
                    script.play(socket);
                  }
                });
          }
        });
  }

  /** Reads one request, keeps it, and sends the given bytes. */
  static ScriptedServer answering(String response) throws IOException {
    ScriptedServer[] self = new ScriptedServer[1];
    self[0] =
        new ScriptedServer(
            socket -> {
              self[0].requests.add(read(socket.getInputStream()));
              socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
            });
    return self[0];
  }

  static String response(int status, String body, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Any\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text
        + "Content-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/api");
  }

  static Request read(InputStream in) throws IOException {
    Request head = new Request(readHead(in), new byte[0]);
    if (!head.header("Transfer-Encoding").isEmpty()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int length = Integer.parseInt(readLine(in), 16);
        body.writeBytes(readFully(in, length));
        readLine(in);
        if (length == 0) {
          return new Request(head.head(), body.toByteArray());
        }
      }
    }
    return new Request(head.head(), readFully(in, Integer.parseInt(head.header("Content-Length"))));
  }

  static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      head.append(line).append("\r\n");
    }
    return head.toString();
  }

  private static byte[] readFully(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("the request ends early");
    }
    return bytes;
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the request ends early");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                // The client went away, or the test is over.
              }
            },
            "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private interface Work {
    void run() throws Exception;
  }
}
