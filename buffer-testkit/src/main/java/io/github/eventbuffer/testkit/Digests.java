package io.github.eventbuffer.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what is compared later. */
final class Digests {

  /** 128 bits of a hash: no two events of any run share them. */
  record Key(long high, long low) {}

  private Digests() {}

  static byte[] sha256(byte[] bytes) {
    return algorithm().digest(bytes);
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** The parts are told apart by their lengths, so no two keys feed the same bytes. */
  static Key key(EventKey key) {
    String text =
        key.eventSourceId().length()
            + ":"
            + key.eventType().length()
            + ":"
            + key.eventSourceId()
            + key.eventType()
            + key.eventId();
    ByteBuffer hash = ByteBuffer.wrap(sha256(text.getBytes(StandardCharsets.UTF_8)));
    return new Key(hash.getLong(), hash.getLong());
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
