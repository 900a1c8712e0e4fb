package io.github.eventbuffer.internal;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One entry in the making, and what it takes to make it: reused, so that no append makes buffers of
 * its own. Not thread-safe; {@link EntryBufferPool} lends it to one append.
 */
final class EntryBuffer {
  final JsonWriter json;
  final Findings findings = new Findings();
  final DuplicateKey.Digest digest = new DuplicateKey.Digest();
  final EventScan scan = new EventScan();

  /** The entry's, while it is appended; one for all, so that no append makes its own. */
  final DuplicateKey key = new DuplicateKey();

  private final EntryFormat format;
  private final CRC32C crc = new CRC32C();
  private int idHash;

  /** A buffer that refuses a payload of more than {@code maxPayloadBytes}. */
  EntryBuffer(int maxPayloadBytes, EntryFormat format) {
    this.format = format;
    json = new JsonWriter(maxPayloadBytes + Frame.OVERHEAD_BYTES);
  }

  /** The next thing written to {@link #json} is the first byte of the payload. */
  void reset() {
    json.reset(Frame.HEADER_BYTES);
  }

  int payloadBytes() {
    return json.length() - Frame.HEADER_BYTES;
  }

  int frameBytes() {
    return json.length() + Frame.TRAILER_BYTES;
  }

  /** Takes the identity of the event that {@link #digest} has seen. */
  void identify(int hashOfId, long acceptedAtMillis) {
    idHash = hashOfId;
    key.set(digest.high(), digest.low(), acceptedAtMillis);
  }

  /** As {@link #begin}, for an event and with the identity that was taken. */
  void beginEvent() {
    begin(Frame.EVENT, key.acceptedAtMillis, key.high, key.low, idHash);
  }

  /** Puts the header around the payload and sums both; the sequence follows under the lock. */
  void begin(byte kind, long acceptedAtMillis, long keyHigh, long keyLow, int idHash) {
    int payload = payloadBytes();
    json.ensure(Frame.TRAILER_BYTES);
    byte[] frame = json.array();
    Frame.begin(frame, format.header(kind), payload, acceptedAtMillis, keyHigh, keyLow, idHash);
    Frame.sum(crc, frame);
  }

  /** Completes the frame: the first {@link #frameBytes()} of the array returned. */
  byte[] seal(long sequence) {
    byte[] frame = json.array();
    Frame.seal(crc, frame, sequence);
    return frame;
  }

  /** Copies ready JSON in as the payload. */
  void payload(byte[] bytes) {
    reset();
    json.ensure(bytes.length);
    json.raw(bytes);
  }

  /** A copy of the payload. */
  byte[] payload() {
    return Arrays.copyOfRange(json.array(), Frame.HEADER_BYTES, json.length());
  }

  /** Whether the payload is an ordinary event, as {@link #scan} has it then. */
  boolean isOrdinary(EventValidator.Rules rules) {
    json.ensure(Frame.TRAILER_BYTES); // where the trailer will be, the scan has its margin
    return scan.isOrdinary(json.array(), Frame.HEADER_BYTES, json.length(), rules);
  }
}
