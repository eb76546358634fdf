package dev.sluice.http3.message;

/**
 * A header or trailer section that this side wants to send is larger than the peer's
 * SETTINGS_MAX_FIELD_SECTION_SIZE (RFC 9114 §4.2.2). Nothing was sent, and the exchange can go on
 * with a smaller one.
 */
public final class FieldSectionTooLargeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param size the section's size in bytes of §4.2.2
   * @param limit what the peer takes
   */
  public FieldSectionTooLargeException(long size, long limit) {
    super("a field section of " + size + " bytes, but the peer takes " + limit);
  }
}
