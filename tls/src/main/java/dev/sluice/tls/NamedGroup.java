package dev.sluice.tls;

/** The key exchange groups offered here (RFC 8446 §4.2.7, RFC 10024 §7). */
public enum NamedGroup {
  /** Post-quantum hybrid: ML-KEM-768 and X25519 (RFC 10024). */
  X25519MLKEM768(0x11ec, "X25519MLKEM768"),
  X25519(0x001d, "x25519"),
  SECP256R1(0x0017, "secp256r1"),
  SECP384R1(0x0018, "secp384r1");

  private final int code;
  private final String rfcName;

  NamedGroup(int code, String rfcName) {
    this.code = code;
    this.rfcName = rfcName;
  }

  /** The two-byte code point on the wire. */
  public int code() {
    return code;
  }

  /** The name in the IANA registry. */
  public String rfcName() {
    return rfcName;
  }

  /** The group with this code point, or null when it is not one of ours. */
  public static NamedGroup of(int code) {
    for (NamedGroup group : values()) {
      if (group.code == code) {
        return group;
      }
    }
    return null;
  }
}
