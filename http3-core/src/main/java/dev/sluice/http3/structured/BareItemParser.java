package dev.sluice.http3.structured;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bare Items (RFC 9651 §4.2.3.1, §4.2.4 to §4.2.10). */
final class BareItemParser {
  private static final int MAX_INTEGER_DIGITS = 15;
  private static final int MAX_DIGITS_BEFORE_POINT = 12;
  private static final int MAX_DIGITS_AFTER_POINT = 3;

  private final Cursor in;

  BareItemParser(Cursor in) {
    this.in = in;
  }

  BareItem next() throws StructuredFieldException {
    char first = in.peek();
    if (first == '-' || Cursor.isDigit(first)) {
      return number();
    }
    if (Cursor.isAlpha(first) || first == '*') {
      return new BareItem.TokenItem(in.takeWhile(BareItemParser::isTokenCharacter));
    }
    return switch (first) {
      case '"' -> string();
      case ':' -> byteSequence();
      case '?' -> bool();
      case '@' -> date();
      case '%' -> displayString();
      default -> throw in.unexpected();
    };
  }

  private BareItem number() throws StructuredFieldException {
    String sign = in.take('-') ? "-" : "";
    String digits = in.takeWhile(Cursor::isDigit);
    if (digits.isEmpty()) {
      throw in.unexpected();
    }
    boolean decimal = in.take('.');
    if (digits.length() > (decimal ? MAX_DIGITS_BEFORE_POINT : MAX_INTEGER_DIGITS)) {
      throw new StructuredFieldException("a number with too many digits");
    }
    if (!decimal) {
      return new BareItem.IntegerItem(Long.parseLong(sign + digits));
    }
    String fraction = in.takeWhile(Cursor::isDigit);
    if (fraction.isEmpty() || fraction.length() > MAX_DIGITS_AFTER_POINT) {
      throw new StructuredFieldException("a decimal with no digits after the point, or too many");
    }
    return new BareItem.DecimalItem(new BigDecimal(sign + digits + "." + fraction));
  }

  private BareItem string() throws StructuredFieldException {
    in.expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = in.next();
      if (c == '"') {
        return new BareItem.StringItem(value.toString());
      }
      if (c == '\\') {
        c = in.next();
        if (c != '"' && c != '\\') {
          throw new StructuredFieldException("a backslash before what needs none");
        }
      }
      value.append(printable(c));
    }
  }

  /** Base64 whose padding may be missing and whose last bits may be anything (§4.2.7). */
  private BareItem byteSequence() throws StructuredFieldException {
    in.expect(':');
    String alphabet =
        in.takeWhile(c -> Cursor.isAlpha(c) || Cursor.isDigit(c) || c == '+' || c == '/');
    String padding = in.takeWhile(c -> c == '=');
    in.expect(':');
    int odd = alphabet.length() % 4;
    boolean padded = padding.isEmpty() || odd + padding.length() == 4 && padding.length() <= 2;
    if (odd == 1 || !padded) {
      throw new StructuredFieldException("a byte sequence that is no Base64");
    }
    return new BareItem.ByteSequenceItem(alphabet + padding);
  }

  private BareItem bool() throws StructuredFieldException {
    in.expect('?');
    char digit = in.next();
    if (digit != '0' && digit != '1') {
      throw new StructuredFieldException("a boolean that is neither 0 nor 1");
    }
    return new BareItem.BooleanItem(digit == '1');
  }

  private BareItem date() throws StructuredFieldException {
    in.expect('@');
    if (number() instanceof BareItem.IntegerItem(long seconds)) {
      return new BareItem.DateItem(seconds);
    }
    throw new StructuredFieldException("a date with a fraction");
  }

  private BareItem displayString() throws StructuredFieldException {
    in.expect('%');
    in.expect('"');
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    while (true) {
      char c = printable(in.next());
      if (c == '"') {
        return new BareItem.DisplayStringItem(decoded(utf8.toByteArray()));
      }
      utf8.write(c == '%' ? 16 * hexDigit() + hexDigit() : c);
    }
  }

  private int hexDigit() throws StructuredFieldException {
    char c = in.next();
    if (!Cursor.isDigit(c) && (c < 'a' || c > 'f')) {
      throw new StructuredFieldException("a percent sign without two digits");
    }
    return Character.digit(c, 16);
  }

  private static String decoded(byte[] utf8) throws StructuredFieldException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new StructuredFieldException("a display string that is not UTF-8");
    }
  }

  private static char printable(char c) throws StructuredFieldException {
    if (c < ' ' || c > '~') {
      throw new StructuredFieldException("a character that is not printable ASCII");
    }
    return c;
  }

  private static boolean isTokenCharacter(int c) {
    return Cursor.isAlpha(c) || Cursor.isDigit(c) || "!#$%&'*+-.^_`|~:/".indexOf(c) >= 0;
  }
}
