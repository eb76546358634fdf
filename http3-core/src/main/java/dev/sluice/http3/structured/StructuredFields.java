package dev.sluice.http3.structured;

import java.util.List;
import java.util.Map;

/**
 * Field values to Lists, Dictionaries and Items, and Strings back to field values (RFC 9651 §4). A
 * field with several lines is to be combined into one value first.
 */
public final class StructuredFields {
  private StructuredFields() {}

  /**
   * Reads a List (§4.2.1).
   *
   * @return immutable; empty for an empty value
   */
  public static List<Member> parseList(String value) throws StructuredFieldException {
    return new Parser(value).list();
  }

  /**
   * Reads a Dictionary (§4.2.2).
   *
   * @return in the order of the value; of members with the same key the last
   */
  public static Map<String, Member> parseDictionary(String value) throws StructuredFieldException {
    return new Parser(value).dictionary();
  }

  /** Reads an Item (§4.2.3). */
  public static Member.Item parseItem(String value) throws StructuredFieldException {
    return new Parser(value).soleItem();
  }

  /**
   * Writes a String (§4.1.6).
   *
   * @throws IllegalArgumentException for anything but printable ASCII
   */
  public static String string(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException("not printable ASCII: " + value);
      }
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }

  /**
   * Writes a List of Strings (§4.1.1).
   *
   * @throws IllegalArgumentException for anything but printable ASCII
   */
  public static String strings(List<String> values) {
    return String.join(", ", values.stream().map(StructuredFields::string).toList());
  }
}
