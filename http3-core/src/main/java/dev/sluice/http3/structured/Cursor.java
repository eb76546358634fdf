package dev.sluice.http3.structured;

import java.util.function.IntPredicate;

/** A place in a field value. */
final class Cursor {
  /** What stands behind the last character; no field value can hold it. */
  static final char END = '\uffff';

  private final String text;
  private int at;

  Cursor(String text) {
    this.text = text;
  }

  boolean atEnd() {
    return at == text.length();
  }

  char peek() {
    return atEnd() ? END : text.charAt(at);
  }

  char next() throws StructuredFieldException {
    if (atEnd()) {
      throw unexpected();
    }
    return text.charAt(at++);
  }

  /** Goes past a character if it is the next. */
  boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  String takeWhile(IntPredicate wanted) {
    int from = at;
    while (!atEnd() && wanted.test(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  void skip(String characters) {
    while (!atEnd() && characters.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  void expect(char c) throws StructuredFieldException {
    if (!take(c)) {
      throw unexpected();
    }
  }

  StructuredFieldException unexpected() {
    return new StructuredFieldException(
        atEnd() ? "it ends too early" : "at character " + at + " of the value");
  }

  static boolean isLower(int c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isAlpha(int c) {
    return isLower(c) || c >= 'A' && c <= 'Z';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
