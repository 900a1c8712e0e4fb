package io.github.eventbuffer.internal;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * Writes JSON as UTF-8 into a byte array of its own that is used again and again.
 *
 * <p>The caller lays out {@code [0, offset)}, for example for a header, and finds the JSON in
 * {@code [offset, length())}. The array may be another one after every write. Ordinary values are
 * written without allocation. Commas between fields are set by {@link #field}, all else is the
 * caller's. Not thread-safe.
 */
final class JsonWriter {

  /** Thrown when the content would grow beyond the writer's bound. Has no stack trace. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int maxBytes) {
      super("more than " + maxBytes + " bytes", null, false, false);
    }
  }

  private static final int INITIAL_BYTES = 1024;

  /** A larger array is given back at the next reset, so that one large event costs memory once. */
  private static final int MAX_RETAINED_BYTES = 1 << 20;

  /** A number within these bounds is written digit by digit; any other goes the long way. */
  private static final int MAX_LONG_DIGITS = 18;

  /** Beyond this exponent a number keeps its exponent; plain digits would be endless zeros. */
  private static final int MAX_PLAIN_EXPONENT = 1000;

  /** Per ASCII character: 0 as it is, {@code u} as a Unicode escape, else the letter to escape. */
  private static final byte[] ESCAPES = new byte[128];

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  static {
    Arrays.fill(ESCAPES, 0, 0x20, (byte) 'u');
    ESCAPES['\b'] = 'b';
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\f'] = 'f';
    ESCAPES['\r'] = 'r';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  private final int maxBytes;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int end;
  private boolean plain;

  /** A writer without a bound but that of an array. */
  JsonWriter() {
    this(Integer.MAX_VALUE - 16);
  }

  /**
   * A writer that throws {@link TooLargeException} rather than grow beyond this.
   *
   * @param maxBytes bound of {@link #length()}, what precedes the content included
   */
  JsonWriter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Begins anew, with the content at {@code offset}; what is before it stays as it is. */
  void reset(int offset) {
    if (bytes.length > MAX_RETAINED_BYTES) {
      bytes = Arrays.copyOf(bytes, INITIAL_BYTES);
    }
    end = 0;
    ensure(offset);
    end = offset;
    plain = false;
  }

  /**
   * Until the next reset, whether strings are written without a look at them: whoever says so has
   * looked, and found only ASCII without quotes, backslashes and control characters.
   */
  void takeAsPlain(boolean known) {
    plain = known;
  }

  /** The array being written to; valid up to {@link #length()} and until the next write. */
  byte[] array() {
    return bytes;
  }

  /** Where the content ends. */
  int length() {
    return end;
  }

  /**
   * Makes room for so many more bytes.
   *
   * @throws TooLargeException if that is beyond the bound
   */
  void ensure(int extra) {
    if (extra > bytes.length - end) {
      grow(extra);
    }
  }

  private void grow(int extra) {
    if (extra > maxBytes - end) {
      throw new TooLargeException(maxBytes);
    }
    long doubled = Math.min(2L * bytes.length, maxBytes);
    bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, end + extra));
  }

  /** Writes one ASCII character. */
  void raw(char ascii) {
    ensure(1);
    bytes[end++] = (byte) ascii;
  }

  /** Writes ASCII as it is. */
  void raw(byte[] ascii) {
    raw(ascii, 0);
  }

  /** Writes ASCII as it is, from an index on. */
  private void raw(byte[] ascii, int from) {
    int count = ascii.length - from;
    ensure(count);
    System.arraycopy(ascii, from, bytes, end, count);
    end += count;
  }

  /** Writes a field's name, given as {@code ,"name":}; without the comma right behind a brace. */
  void field(byte[] name) {
    raw(name, bytes[end - 1] == '{' ? 1 : 0);
  }

  /** Writes a string with its quotes. Half of a surrogate pair becomes a Unicode escape. */
  @SuppressWarnings("deprecation") // String.getBytes: what it drops, the upper bytes, is zero here
  void string(String text) {
    int length = text.length();
    ensure(length + 2);
    bytes[end++] = '"';
    if (plain || (Text.traits(text) & (Text.ESCAPED | Text.NON_ASCII)) == 0) {
      text.getBytes(0, length, bytes, end);
      end += length;
    } else {
      escaped(text);
    }
    raw('"');
  }

  private void escaped(String text) {
    for (int i = 0, length = text.length(); i < length; i++) {
      ensure(6);
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (c < 0x800) {
        bytes[end++] = (byte) (0xC0 | c >> 6);
        bytes[end++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        bytes[end++] = (byte) (0xE0 | c >> 12);
        bytes[end++] = (byte) (0x80 | (c >> 6 & 0x3F));
        bytes[end++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[end++] = (byte) (0xF0 | point >> 18);
        bytes[end++] = (byte) (0x80 | (point >> 12 & 0x3F));
        bytes[end++] = (byte) (0x80 | (point >> 6 & 0x3F));
        bytes[end++] = (byte) (0x80 | (point & 0x3F));
      } else {
        unicodeEscape(c);
      }
    }
  }

  private void ascii(char c) {
    byte escape = ESCAPES[c];
    if (escape == 0) {
      bytes[end++] = (byte) c;
    } else if (escape == 'u') {
      unicodeEscape(c);
    } else {
      bytes[end++] = '\\';
      bytes[end++] = escape;
    }
  }

  private void unicodeEscape(char c) {
    bytes[end++] = '\\';
    bytes[end++] = 'u';
    bytes[end++] = HEX[c >> 12];
    bytes[end++] = HEX[c >> 8 & 0xF];
    bytes[end++] = HEX[c >> 4 & 0xF];
    bytes[end++] = HEX[c & 0xF];
  }

  /** Writes a number of 0 or more with leading zeros. */
  void digits(int number, int width) {
    ensure(width);
    int rest = number;
    for (int i = end + width - 1; i >= end; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    end += width;
  }

  /** Writes an integer. */
  void number(long number) {
    decimal(number, 0);
  }

  /** Writes a decimal number in plain notation, or with its exponent when that is very large. */
  void number(BigDecimal number) {
    int scale = number.scale();
    if (scale >= 0 && scale <= MAX_LONG_DIGITS && number.precision() <= MAX_LONG_DIGITS) {
      decimal(number.unscaledValue().longValue(), scale);
      return;
    }
    boolean plain = scale >= -MAX_PLAIN_EXPONENT && scale <= MAX_PLAIN_EXPONENT;
    String text = plain ? number.toPlainString() : number.toString();
    int length = text.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      bytes[end++] = (byte) text.charAt(i);
    }
  }

  /** Writes {@code unscaled · 10^-scale}; at most 18 decimals, so 21 bytes are enough. */
  private void decimal(long unscaled, int scale) {
    ensure(24);
    if (unscaled < 0) {
      bytes[end++] = '-';
    }
    // Counting on with negative numbers, because Long.MIN_VALUE has no positive one.
    long rest = unscaled < 0 ? unscaled : -unscaled;
    int width = 1;
    for (long n = rest / 10; n != 0; n /= 10) {
      width++;
    }
    width = Math.max(width, scale + 1) + (scale > 0 ? 1 : 0);
    int point = scale > 0 ? end + width - 1 - scale : -1;
    for (int i = end + width - 1; i >= end; i--) {
      if (i == point) {
        bytes[i] = '.';
      } else {
        bytes[i] = (byte) ('0' - rest % 10);
        rest /= 10;
      }
    }
    end += width;
  }
}
