package dev.sluice.tls;

import java.util.Locale;

/**
 * The signature schemes known here (RFC 8446 §4.2.3). The PKCS#1 v1.5 schemes may sign certificates
 * only, never a handshake (RFC 8446 §4.4.3).
 */
public enum SignatureScheme {
  ECDSA_SECP256R1_SHA256(0x0403, KeyType.EC_P256),
  ECDSA_SECP384R1_SHA384(0x0503, KeyType.EC_P384),
  ED25519(0x0807, KeyType.ED25519),
  RSA_PSS_RSAE_SHA256(0x0804, KeyType.RSA),
  RSA_PSS_RSAE_SHA384(0x0805, KeyType.RSA),
  RSA_PSS_RSAE_SHA512(0x0806, KeyType.RSA),
  RSA_PKCS1_SHA256(0x0401, KeyType.RSA),
  RSA_PKCS1_SHA384(0x0501, KeyType.RSA),
  RSA_PKCS1_SHA512(0x0601, KeyType.RSA);

  /** The kind of key that a scheme signs with. TLS 1.3 ties an ECDSA scheme to one curve. */
  public enum KeyType {
    EC_P256,
    EC_P384,
    ED25519,
    RSA
  }

  private static final SignatureScheme[] ALL = values();

  private final int code;
  private final KeyType keyType;

  SignatureScheme(int code, KeyType keyType) {
    this.code = code;
    this.keyType = keyType;
  }

  /** The two-byte code point on the wire. */
  public int code() {
    return code;
  }

  /** The kind of key it needs. */
  public KeyType keyType() {
    return keyType;
  }

  /** Whether a CertificateVerify message may use it (RFC 8446 §4.4.3). */
  public boolean isForHandshake() {
    return switch (this) {
      case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 -> false;
      default -> true;
    };
  }

  /** The name as the RFC writes it, for example {@code ecdsa_secp256r1_sha256}. */
  public String rfcName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scheme with this code point, or null when it is not one of ours. */
  public static SignatureScheme of(int code) {
    for (SignatureScheme scheme : ALL) {
      if (scheme.code == code) {
        return scheme;
      }
    }
    return null;
  }
}
