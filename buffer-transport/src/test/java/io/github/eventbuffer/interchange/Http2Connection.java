package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * The server's side of one HTTP/2 connection (RFC 9113), as much of it as a POST and its answer
 * need. What the headers of a request say is not looked at, so there is no HPACK decoder.
 *
 * <pre>
 * frame: length (3 bytes) · type (1) · flags (1) · stream (4) · payload (length)
 * </pre>
 */
final class Http2Connection implements AutoCloseable {
  /** A request that arrived whole. */
  record Request(int stream, String body) {}

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final short INITIAL_WINDOW_SIZE = 4;
  private static final int NO_ERROR = 0;
  private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
  private static final int FIRST_WINDOW = 65_535;

  /** {@code :status: 200}, by its number in HPACK's static table. */
  private static final byte STATUS_200 = (byte) 0x88;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();

  /** Shakes hands over a connection that was just accepted. */
  Http2Connection(Socket accepted, SSLContext tls) throws IOException {
    socket = (SSLSocket) tls.getSocketFactory().createSocket(accepted, null, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    assertEquals("h2", socket.getApplicationProtocol());
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    byte[] preface = in.readNBytes(24);
    assertEquals("PRI * HTTP/2.0", new String(preface, 0, 14, StandardCharsets.US_ASCII));
    // The widest windows there are: no body of a test is held up by flow control.
    ByteBuffer setting = ByteBuffer.allocate(6).putShort(INITIAL_WINDOW_SIZE);
    frame(SETTINGS, 0, 0, setting.putInt(LARGEST_WINDOW).array());
    ByteBuffer more = ByteBuffer.allocate(4).putInt(LARGEST_WINDOW - FIRST_WINDOW);
    frame(WINDOW_UPDATE, 0, 0, more.array());
  }

  /**
   * Waits for the next request; the bodies of several may arrive side by side.
   *
   * @throws IOException when the client closes the connection
   */
  Request next() throws IOException {
    while (true) {
      int stream = read();
      if (stream > 0) {
        return new Request(stream, bodies.remove(stream).toString(StandardCharsets.UTF_8));
      }
    }
  }

  /** Waits for the beginning of the next request; returns its stream. */
  int nextBegun() throws IOException {
    while (bodies.isEmpty()) {
      read();
    }
    return bodies.keySet().iterator().next();
  }

  /** Answers a request with 200. */
  void answer(int stream, String body) throws IOException {
    frame(HEADERS, END_HEADERS, stream, new byte[] {STATUS_200});
    frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes no new streams any more; those up to this one were processed, or may have been. */
  void goAway(int lastStream) throws IOException {
    frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(NO_ERROR).array());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Reads one frame; returns the stream of the request that it completes, or 0. */
  private int read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    switch (type) {
      case HEADERS -> bodies.put(stream, new ByteArrayOutputStream());
      case DATA -> {
        assertEquals(0, flags & PADDED);
        ByteArrayOutputStream body = bodies.get(stream);
        if (body != null) {
          body.writeBytes(payload);
        }
      }
      case RST_STREAM -> bodies.remove(stream);
      case SETTINGS, PING -> {
        if ((flags & ACK) == 0) {
          frame(type, ACK, 0, type == PING ? payload : new byte[0]);
        }
      }
      default -> {
        // Windows and priorities: there is nothing to be done about them.
      }
    }
    boolean whole = type <= HEADERS && (flags & END_STREAM) != 0 && bodies.containsKey(stream);
    return whole ? stream : 0;
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
    out.flush();
  }
}
