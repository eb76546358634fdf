package dev.sluice.tools.get;

import java.util.Map;

/** The format of {@code -w}: {@code %{variable}} and the escapes that curl has. */
final class WriteOut {
  private WriteOut() {}

  /**
   * Expands a format.
   *
   * @param values of the variables; one that is not among them becomes nothing
   */
  static String expand(String format, Map<String, String> values) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      char next = at + 1 < format.length() ? format.charAt(at + 1) : 0;
      if (c == '%' && next == '%') {
        out.append('%');
        at += 2;
      } else if (c == '%' && next == '{' && format.indexOf('}', at) > 0) {
        int end = format.indexOf('}', at);
        out.append(values.getOrDefault(format.substring(at + 2, end), ""));
        at = end + 1;
      } else if (c == '\\' && "nrt\\".indexOf(next) >= 0 && next != 0) {
        out.append(
            switch (next) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> '\\';
            });
        at += 2;
      } else {
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }
}
