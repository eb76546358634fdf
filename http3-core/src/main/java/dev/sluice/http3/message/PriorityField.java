package dev.sluice.http3.message;

/**
 * Reads the Priority field: a Dictionary of Structured Fields (RFC 9218 §4, RFC 9651 §4.2.2) of
 * which only the keys u and i matter. Every other member is parsed to find its end, and skipped.
 */
final class PriorityField {
  /** A bare item that is neither an integer nor a boolean. */
  private static final long OTHER = Long.MIN_VALUE;

  /** Bare items that are booleans; out of the range of integers (RFC 9651 §3.3.1). */
  private static final long FALSE = Long.MIN_VALUE + 1;

  private static final long TRUE = Long.MIN_VALUE + 2;

  /** Where parsing stops. */
  private static final char END = '\uffff';

  private final String text;
  private int at;

  private PriorityField(String text) {
    this.text = text;
  }

  /** The priority that a field value says, or null when it is not a Dictionary. */
  static Priority parse(String value) {
    try {
      return new PriorityField(value).dictionary();
    } catch (NotStructured e) {
      return null;
    }
  }

  private Priority dictionary() {
    int urgency = Priority.DEFAULT.urgency();
    boolean incremental = Priority.DEFAULT.incremental();
    skip(" ");
    while (peek() != END) {
      String key = key();
      long item = TRUE;
      if (peek() == '=') {
        at++;
        item = itemOrInnerList();
      }
      parameters();
      // The last member with a key counts; one out of range counts as absent.
      if (key.equals("u")) {
        urgency = item >= 0 && item <= 7 ? (int) item : Priority.DEFAULT.urgency();
      } else if (key.equals("i")) {
        incremental = item == TRUE;
      }
      skip(" \t");
      if (peek() != END) {
        expect(',');
        skip(" \t");
        if (peek() == END) {
          throw new NotStructured();
        }
      }
    }
    return new Priority(urgency, incremental);
  }

  private long itemOrInnerList() {
    if (peek() != '(') {
      return bareItem();
    }
    at++;
    while (true) {
      skip(" ");
      if (peek() == ')') {
        at++;
        return OTHER;
      }
      bareItem();
      parameters();
      if (peek() != ' ' && peek() != ')') {
        throw new NotStructured();
      }
    }
  }

  private void parameters() {
    while (peek() == ';') {
      at++;
      skip(" ");
      key();
      if (peek() == '=') {
        at++;
        bareItem();
      }
    }
  }

  private String key() {
    int from = at;
    if (!isLower(peek()) && peek() != '*') {
      throw new NotStructured();
    }
    while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private long bareItem() {
    char first = peek();
    if (first == '-' || isDigit(first)) {
      return number();
    }
    if (isLetter(first) || first == '*') {
      return token();
    }
    return switch (first) {
      case '"' -> {
        at++;
        yield string();
      }
      case ':' -> {
        at++;
        while (peek() != ':') {
          if (!isLetter(peek()) && !isDigit(peek()) && "+/=".indexOf(peek()) < 0) {
            throw new NotStructured();
          }
          at++;
        }
        at++;
        yield OTHER;
      }
      case '?' -> {
        at++;
        char digit = next();
        if (digit != '0' && digit != '1') {
          throw new NotStructured();
        }
        yield digit == '1' ? TRUE : FALSE;
      }
      case '@' -> {
        at++;
        number();
        yield OTHER;
      }
      case '%' -> {
        at++;
        expect('"');
        yield string();
      }
      default -> throw new NotStructured();
    };
  }

  private long number() {
    boolean negative = peek() == '-';
    if (negative) {
      at++;
    }
    if (!isDigit(peek())) {
      throw new NotStructured();
    }
    long value = 0;
    int digits = 0;
    while (isDigit(peek())) {
      value = value * 10 + (next() - '0');
      if (++digits > 15) {
        throw new NotStructured();
      }
    }
    if (peek() != '.') {
      return negative ? -value : value;
    }
    at++;
    int fraction = 0;
    while (isDigit(peek())) {
      at++;
      fraction++;
    }
    if (digits > 12 || fraction == 0 || fraction > 3) {
      throw new NotStructured();
    }
    return OTHER;
  }

  private long string() {
    while (true) {
      char c = next();
      if (c == '"') {
        return OTHER;
      }
      if (c == '\\') {
        char escaped = next();
        if (escaped != '"' && escaped != '\\') {
          throw new NotStructured();
        }
      } else if (c < ' ' || c >= 0x7f) {
        throw new NotStructured();
      }
    }
  }

  private long token() {
    while (peek() == ':' || peek() == '/' || FieldRules.isToken(String.valueOf(peek()))) {
      at++;
    }
    return OTHER;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char c) {
    if (next() != c) {
      throw new NotStructured();
    }
  }

  private void skip(String characters) {
    while (peek() != END && characters.indexOf(peek()) >= 0) {
      at++;
    }
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isLetter(char c) {
    return isLower(c) || c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The text is not a Dictionary; never leaves this class. */
  private static final class NotStructured extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotStructured() {
      super(null, null, false, false);
    }
  }
}
