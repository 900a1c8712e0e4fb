package io.github.eventbuffer.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The endpoint's address: scheme, host, port and path prefix, without a trailing slash. */
public final class BaseUrl {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(0:){7}1]|\\[::1]");
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final int MAX_PORT = 65_535;

  private final String text;
  private final boolean secure;

  private BaseUrl(String text, boolean secure) {
    this.text = text;
    this.secure = secure;
  }

  /**
   * Checks an address and keeps it.
   *
   * @param url absolute; a trailing slash is dropped
   * @param allowInsecureHttp whether http is good for any host, not only for a loopback one
   * @throws IllegalArgumentException if a rule is broken, naming option, value and rule; user-info,
   *     query and fragment may be secrets and are not repeated
   */
  static BaseUrl of(URI url, boolean allowInsecureHttp) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    boolean secure = scheme.equals("https");
    String host = url.getHost();
    require(secure || scheme.equals("http"), url, "must be an absolute https URL");
    require(url.getRawUserInfo() == null, url, "must not have user-info; use apiKey");
    require(host != null, url, "must have a valid host name");
    require(url.getRawQuery() == null, url, "must not have a query");
    require(url.getRawFragment() == null, url, "must not have a fragment");
    require(url.getPort() != 0 && url.getPort() <= MAX_PORT, url, "must have a port of 1 to 65535");
    require(
        secure || allowInsecureHttp || isLoopback(host),
        url,
        "must be https, because the API key travels with every request; http is for a loopback"
            + " host, or for allowInsecureHttp(true)");
    String text = url.toASCIIString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return new BaseUrl(text, secure);
  }

  /** Host and, where one is given, port. */
  String authority() {
    return URI.create(text).getRawAuthority();
  }

  /** Whether the connection is encrypted. */
  boolean secure() {
    return secure;
  }

  /**
   * The address below this one.
   *
   * @return null if a segment cannot be one of a path: a dot segment or not valid Unicode
   */
  public @Nullable URI resolve(String... segments) {
    StringBuilder path = new StringBuilder(text);
    for (String segment : segments) {
      if (segment.equals(".") || segment.equals("..") || !Unicode.isValid(segment)) {
        return null;
      }
      path.append('/').append(segment(segment));
    }
    return URI.create(path.toString());
  }

  @Override
  public String toString() {
    return text;
  }

  private static String segment(String id) {
    StringBuilder encoded = new StringBuilder(id.length() + 16);
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
      }
    }
    return encoded.toString();
  }

  /** By the name alone: asking the resolver would trust an answer from the network. */
  private static boolean isLoopback(@Nullable String host) {
    return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static void require(boolean rule, URI url, String text) {
    if (!rule) {
      String shown =
          url.getHost() == null
              ? url.getScheme() + ":…"
              : url.getScheme()
                  + "://"
                  + url.getHost()
                  + (url.getPort() < 0 ? "" : ":" + url.getPort())
                  + url.getRawPath();
      throw new IllegalArgumentException("baseUrl " + text + ", is " + shown);
    }
  }
}
