package dev.sluice.http3.structured;

import java.math.BigDecimal;

/** A value without parameters (RFC 9651 §3.3). */
public sealed interface BareItem {
  /**
   * §3.3.1.
   *
   * @param value at most fifteen digits
   */
  record IntegerItem(long value) implements BareItem {}

  /** §3.3.2: up to twelve digits before the point, one to three after. */
  record DecimalItem(BigDecimal value) implements BareItem {}

  /**
   * §3.3.3.
   *
   * @param value printable ASCII, without its quotes and backslashes
   */
  record StringItem(String value) implements BareItem {}

  /** §3.3.4. */
  record TokenItem(String value) implements BareItem {}

  /** §3.3.5; of the Base64 itself, since nobody here has a use for the bytes. */
  record ByteSequenceItem(String base64) implements BareItem {}

  /** §3.3.6. */
  record BooleanItem(boolean value) implements BareItem {}

  /**
   * §3.3.7.
   *
   * @param value seconds since the beginning of 1970
   */
  record DateItem(long value) implements BareItem {}

  /** §3.3.8: Unicode. */
  record DisplayStringItem(String value) implements BareItem {}
}
