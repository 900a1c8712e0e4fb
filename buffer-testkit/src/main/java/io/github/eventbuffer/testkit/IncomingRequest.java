package io.github.eventbuffer.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request as a {@link Script} sees it. The body is read when it is asked for, so a script that
 * does not look leaves it unread. For the thread that the script is called on.
 */
public final class IncomingRequest {

  private final HttpExchange exchange;
  private final int number;
  private final long maxBodyBytes;
  private byte @Nullable [] body;
  private boolean tooLarge;
  private boolean undecodable;
  private boolean brokenOff;

  IncomingRequest(HttpExchange exchange, int number, long maxBodyBytes) {
    this.exchange = exchange;
    this.number = number;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Order of arrival, from 1. */
  public int number() {
    return number;
  }

  /** The HTTP method. */
  public String method() {
    return exchange.getRequestMethod();
  }

  /** The path, as sent. */
  public String path() {
    return exchange.getRequestURI().getRawPath();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /**
   * The body after decompression; empty when it could not be decompressed or is over the limit.
   *
   * @throws UncheckedIOException if the client breaks off
   */
  public byte[] body() {
    byte[] known = body;
    if (known == null) {
      try {
        known = decode(read(exchange.getRequestBody()));
      } catch (IOException e) {
        brokenOff = true;
        throw new UncheckedIOException(e);
      }
      body = known;
    }
    return known.clone();
  }

  /** The body as UTF-8 text; see {@link #body()}. */
  public String bodyText() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** The body without a copy. */
  byte[] bytes() {
    byte[] known = body;
    if (known == null) {
      body();
      known = body;
    }
    return known == null ? new byte[0] : known;
  }

  boolean wasRead() {
    return body != null;
  }

  boolean tooLarge() {
    return tooLarge;
  }

  /** Whether the client was gone before its body was whole. */
  boolean brokenOff() {
    return brokenOff;
  }

  boolean undecodable() {
    return undecodable;
  }

  HttpExchange exchange() {
    return exchange;
  }

  private byte[] decode(byte[] raw) throws IOException {
    String encoding = header("Content-Encoding").orElse("identity").toLowerCase(Locale.ROOT);
    if (encoding.equals("identity") || tooLarge) {
      return raw;
    }
    if (!encoding.equals("gzip")) {
      undecodable = true;
      return new byte[0];
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw), 65_536)) {
      return read(in);
    } catch (IOException e) {
      undecodable = true;
      return new byte[0];
    }
  }

  /** Reads to the end; what is over the limit is read and thrown away, so the client can finish. */
  private byte[] read(InputStream in) throws IOException {
    int limit = (int) Math.min(maxBodyBytes, Integer.MAX_VALUE - 64);
    byte[] read = in.readNBytes(limit);
    if (in.read() >= 0) {
      tooLarge = true;
      in.transferTo(OutputStream.nullOutputStream());
      return new byte[0];
    }
    return read;
  }
}
