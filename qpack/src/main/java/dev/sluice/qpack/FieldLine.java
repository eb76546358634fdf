package dev.sluice.qpack;

import java.util.Objects;

/**
 * One field line: a name and a value (RFC 9204 §1.1), the unit that QPACK compresses. Characters
 * stand for bytes one to one (ISO-8859-1), so any byte string a peer sends has a field line, and
 * whether its bytes are allowed in HTTP is for HTTP to say (RFC 9114 §4.2).
 *
 * @param name the field's name; pseudo-header fields keep their colon
 * @param value the field's value
 * @param sensitive whether the line must never enter a compression table: it travels as a literal
 *     with the N bit set, on this hop and on every further one (RFC 9204 §4.5.4, §7.1.3)
 */
public record FieldLine(String name, String value, boolean sensitive) {
  /** What each line costs beyond its bytes (RFC 9204 §3.2.1, RFC 9114 §4.2.2). */
  static final int OVERHEAD = 32;

  /**
   * @throws IllegalArgumentException when a character is above U+00FF and so is no byte
   */
  public FieldLine {
    requireBytes(Objects.requireNonNull(name, "name"));
    requireBytes(Objects.requireNonNull(value, "value"));
  }

  /** A line that may be compressed like any other. */
  public FieldLine(String name, String value) {
    this(name, value, false);
  }

  /**
   * The line's size in a dynamic table and in the sum that limits a field section: both lengths in
   * bytes, uncompressed, plus 32 (RFC 9204 §3.2.1, RFC 9114 §4.2.2).
   */
  public long size() {
    return (long) name.length() + value.length() + OVERHEAD;
  }

  /** The value of a sensitive line stays out of logs. */
  @Override
  public String toString() {
    return name + ": " + (sensitive ? "(sensitive)" : value);
  }

  private static void requireBytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        throw new IllegalArgumentException("character " + i + " of a field line is not a byte");
      }
    }
  }
}
