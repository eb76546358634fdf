package dev.sluice.tls;

/**
 * The TLS 1.3 cipher suites that QUIC version 1 uses (RFC 8446 §B.4): an AEAD and the hash of the
 * key schedule. The two AES-CCM suites are left out; the shorter of them is forbidden in QUIC (RFC
 * 9001 §5.3).
 */
public enum CipherSuite {
  TLS_AES_128_GCM_SHA256(0x1301, 16, "SHA-256", 32),
  TLS_AES_256_GCM_SHA384(0x1302, 32, "SHA-384", 48),
  TLS_CHACHA20_POLY1305_SHA256(0x1303, 32, "SHA-256", 32);

  private final int code;
  private final int keyLength;
  private final String hashAlgorithm;
  private final int hashLength;

  CipherSuite(int code, int keyLength, String hashAlgorithm, int hashLength) {
    this.code = code;
    this.keyLength = keyLength;
    this.hashAlgorithm = hashAlgorithm;
    this.hashLength = hashLength;
  }

  /** The two-byte code point on the wire. */
  public int code() {
    return code;
  }

  /** Length of the AEAD key, and of the header protection key (RFC 9001 §5.4), in bytes. */
  public int keyLength() {
    return keyLength;
  }

  /** The hash as the JDK names it: {@code SHA-256} or {@code SHA-384}. */
  public String hashAlgorithm() {
    return hashAlgorithm;
  }

  /** Length of the hash, and so of every secret of the key schedule, in bytes. */
  public int hashLength() {
    return hashLength;
  }

  /** The suite with this code point, or null when it is not one of ours. */
  public static CipherSuite of(int code) {
    for (CipherSuite suite : values()) {
      if (suite.code == code) {
        return suite;
      }
    }
    return null;
  }
}
