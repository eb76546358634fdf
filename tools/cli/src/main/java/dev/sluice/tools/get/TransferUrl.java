package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL as it is given on a command line.
 *
 * @param uri what is fetched, without user and password
 * @param authorization the user and password before its host as Basic credentials (RFC 7617), the
 *     value of Authorization; null where it has none
 */
public record TransferUrl(URI uri, String authorization) {
  /** What a URL begins with that has one (RFC 3986 §3.1); further behind it means nothing. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  /**
   * Scheme, userinfo, host and port, and the rest. A user may be an address with an @ of its own.
   */
  private static final Pattern PARTS =
      Pattern.compile("(" + SCHEME + ")(?:([^/?#]*)@)?([^/?#]*)(.*)", Pattern.DOTALL);

  /** An IPv6 address in a zone, written as RFC 6874 §2 has it; {@link URI} wants a mere %. */
  private static final Pattern ZONE = Pattern.compile("^\\[([0-9A-Fa-f:.]+)%25(?!\\])");

  /**
   * The URL to fetch. One without a scheme is taken for https, and one without a path for that of
   * the root. Characters that a URL cannot hold but people type, such as spaces, are encoded.
   *
   * @throws CommandException it is malformed, or not https
   */
  public static TransferUrl parse(String text) throws CommandException {
    URI uri;
    try {
      uri = new URI(encode(text)).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw malformed(text, e.getReason(), e);
    }
    if (!"https".equals(uri.getScheme().toLowerCase(Locale.ROOT))) {
      throw new CommandException(
          ExitCode.UNSUPPORTED_PROTOCOL,
          "HTTP/3 is for https URLs, not for " + uri.getScheme() + ": " + withoutSecret(text));
    }
    if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
      throw malformed(text, "no host, or no such port", null);
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new TransferUrl(
        URI.create("https://" + uri.getHost() + port + path + query),
        basic(uri.getRawUserInfo(), text));
  }

  private static CommandException malformed(String text, String reason, Exception cause) {
    return new CommandException(
        ExitCode.MALFORMED_URL,
        "malformed URL: " + withoutSecret(text) + " (" + reason + ")",
        cause);
  }

  /** As it may be printed: without user and password. */
  private static String withoutSecret(String text) {
    Matcher parts = parts(text);
    return parts.group(2) == null ? text : parts.group(1) + parts.group(3) + parts.group(4);
  }

  /** Null for no credentials. */
  private static String basic(String userinfo, String text) throws CommandException {
    if (userinfo == null || userinfo.isEmpty()) {
      return null;
    }
    int colon = userinfo.indexOf(':');
    String user = octets(colon < 0 ? userinfo : userinfo.substring(0, colon));
    String password = colon < 0 ? "" : octets(userinfo.substring(colon + 1));
    // RFC 7617 §2: what comes behind the first colon would be taken for the password.
    if (user.indexOf(':') >= 0) {
      throw malformed(text, "no user has a colon", null);
    }
    String pair = user + ":" + password;
    if (pair.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw malformed(text, "no user or password has a control character", null);
    }
    byte[] octets = pair.getBytes(StandardCharsets.ISO_8859_1);
    return "Basic " + Base64.getEncoder().encodeToString(octets);
  }

  /** What percent-encoded text stands for, a character for each octet. */
  private static String octets(String encoded) {
    // In forms a plus is a space; here it is itself.
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
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

  /** In the form that {@link URI} takes. */
  private static String encode(String text) {
    Matcher parts = parts(text);
    String userinfo = parts.group(2) == null ? "" : parts.group(2).replace("@", "%40") + "@";
    String host = ZONE.matcher(parts.group(3)).replaceFirst("[$1%");
    return quoted(parts.group(1) + userinfo + host + parts.group(4));
  }

  private static Matcher parts(String text) {
    String full = SCHEME.matcher(text).lookingAt() ? text : "https://" + text;
    Matcher parts = PARTS.matcher(full);
    if (!parts.matches()) {
      throw new IllegalStateException("not every text has these parts");
    }
    return parts;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > 0x20 && b < 0x7f && "\"<>\\^`{|}".indexOf(b) < 0;
      quoted.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return quoted.toString();
  }
}
