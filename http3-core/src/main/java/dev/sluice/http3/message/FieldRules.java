package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;

/**
 * What any field of HTTP/3 must look like, in heads and trailers alike (RFC 9114 §4.2 and §10.3,
 * RFC 9110 §5.1 and §5.5).
 */
final class FieldRules {
  /** tchar of RFC 9110 §5.6.2 without the capitals, by character. */
  private static final boolean[] NAME_CHARACTERS = new boolean[256];

  static {
    String punctuation = "!#$%&'*+-.^_`|~";
    for (char c = 0; c < 256; c++) {
      NAME_CHARACTERS[c] =
          c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || punctuation.indexOf(c) >= 0;
    }
  }

  private FieldRules() {}

  /**
   * Checks one field line, which is not a pseudo-header field.
   *
   * @param inRequestHead whether TE may appear (RFC 9114 §4.2)
   * @return the line, without white space around its value (RFC 9110 §5.5)
   * @throws MalformedMessageException for a name, value or field that has no place in HTTP/3
   */
  static FieldLine check(FieldLine line, boolean inRequestHead) {
    checkName(line.name());
    checkValue(line.name(), line.value());
    if (isConnectionSpecific(line.name(), line.value(), inRequestHead)) {
      throw new MalformedMessageException("connection-specific field " + line.name());
    }
    return trimmed(line);
  }

  /** The line without white space around its value. */
  static FieldLine trimmed(FieldLine line) {
    String trimmed = trim(line.value());
    return trimmed.length() == line.value().length()
        ? line
        : new FieldLine(line.name(), trimmed, line.sensitive());
  }

  private static void checkName(String name) {
    if (name.isEmpty()) {
      throw new MalformedMessageException("a field without a name");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!NAME_CHARACTERS[c]) {
        throw new MalformedMessageException(
            c >= 'A' && c <= 'Z'
                ? "uppercase in a field name"
                : "character 0x" + Integer.toHexString(c) + " in a field name");
      }
    }
  }

  private static void checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        throw new MalformedMessageException(
            "character 0x" + Integer.toHexString(c) + " in the value of " + name);
      }
    }
  }

  /** RFC 9110 §7.6.1: what HTTP/1.1 says about one connection has no meaning here. */
  private static boolean isConnectionSpecific(String name, String value, boolean inRequestHead) {
    return switch (name) {
      case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> true;
      case "te" -> !inRequestHead || !trim(value).equalsIgnoreCase("trailers");
      default -> false;
    };
  }

  private static String trim(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isBlank(value.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Whether a string is a token (RFC 9110 §5.6.2), capitals allowed. */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean capital = c >= 'A' && c <= 'Z';
      if (!capital && (c > 0xff || !NAME_CHARACTERS[c])) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
