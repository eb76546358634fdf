package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** URLs as they are given on a command line. */
public final class TransferUrl {
  /** What a URL begins with that has one (RFC 3986 §3.1); further behind it means nothing. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  private TransferUrl() {}

  /**
   * The URL to fetch. One without a scheme is taken for https, and one without a path for that of
   * the root. Characters that a URL cannot hold but people type, such as spaces, are encoded.
   *
   * @throws CommandException it is malformed, or not https
   */
  public static URI parse(String text) throws CommandException {
    String full = SCHEME.matcher(text).lookingAt() ? text : "https://" + text;
    URI uri;
    try {
      uri = new URI(encode(full)).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new CommandException(
          ExitCode.MALFORMED_URL, "malformed URL: " + text + " (" + e.getReason() + ")", e);
    }
    if (!"https".equals(uri.getScheme().toLowerCase(Locale.ROOT))) {
      throw new CommandException(
          ExitCode.UNSUPPORTED_PROTOCOL,
          "HTTP/3 is for https URLs, not for " + uri.getScheme() + ": " + text);
    }
    if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
      throw new CommandException(
          ExitCode.MALFORMED_URL, "malformed URL: " + text + " (no host, or no such port)");
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return URI.create("https://" + uri.getHost() + port + path + query);
  }

  /** The name that {@code -O} gives a file: what follows the path's last slash. */
  static String remoteName(URI uri) throws CommandException {
    String path = uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "-O finds no file name in " + uri + "; name one with -o");
    }
    return name;
  }

  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      boolean plain = b > 0x20 && b < 0x7f && "\"<>\\^`{|}".indexOf(b) < 0;
      encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return encoded.toString();
  }
}
