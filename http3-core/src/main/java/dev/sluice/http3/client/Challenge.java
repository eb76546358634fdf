package dev.sluice.http3.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One challenge of a WWW-Authenticate field (RFC 9110 §11.6.1).
 *
 * @param scheme lower case
 * @param parameters by lower-case name; empty when the challenge carries a token68 or nothing
 */
record Challenge(String scheme, Map<String, String> parameters) {

  /** Every challenge in a field value; what cannot be read is skipped. */
  static List<Challenge> parse(String value) {
    return new Parser(value).parse();
  }

  /** Walks over "scheme name=value, name="quoted", scheme token68, ..." once. */
  private static final class Parser {
    private final String text;
    private int at;
    private final List<Challenge> challenges = new ArrayList<>();

    Parser(String text) {
      this.text = text;
    }

    List<Challenge> parse() {
      while (at < text.length()) {
        skip(" \t,");
        String word = token();
        if (word.isEmpty()) {
          at++; // neither a token nor a separator
          continue;
        }
        int afterWord = at;
        skip(" \t");
        if (peek('=') && !challenges.isEmpty()) {
          at++;
          skip(" \t");
          challenges.getLast().parameters.put(word.toLowerCase(Locale.ROOT), parameterValue());
        } else {
          at = afterWord;
          challenges.add(new Challenge(word.toLowerCase(Locale.ROOT), new HashMap<>()));
        }
      }
      return challenges;
    }

    private void skip(String these) {
      while (at < text.length() && these.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private boolean peek(char c) {
      return at < text.length() && text.charAt(at) == c;
    }

    /** token68 characters included, except the '=' that ends a name. */
    private String token() {
      int start = at;
      while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String parameterValue() {
      if (!peek('"')) {
        return token();
      }
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && !peek('"'); at++) {
        if (peek('\\') && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at++;
      return value.toString();
    }
  }
}
