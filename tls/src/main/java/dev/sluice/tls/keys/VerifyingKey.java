package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;

/**
 * A certificate's key, made ready to verify handshakes. One that is kept verifies faster than one
 * that is made again: the multiples of an elliptic curve's point are computed after a few
 * signatures. Any thread may use it.
 */
public final class VerifyingKey {
  private final PublicKey key;
  private final KeyType type;

  /** Of a key on P-256 or P-384; null for others, and for a point beside its curve. */
  private final EcdsaVerifyingKey ecdsa;

  private VerifyingKey(PublicKey key) {
    this.key = key;
    this.type = KeyTypes.of(key);
    boolean curve = type == KeyType.EC_P256 || type == KeyType.EC_P384;
    this.ecdsa = curve ? EcdsaVerifyingKey.of(type, (ECPublicKey) key) : null;
  }

  /** Makes a key ready, also one of a kind that verifies nothing here. */
  public static VerifyingKey of(PublicKey key) {
    return new VerifyingKey(key);
  }

  /** The kind of the key, or null when no scheme is for it. */
  public KeyType type() {
    return type;
  }

  /** Whether the signature is right. False too when the key does not fit the scheme. */
  public boolean verify(SignatureScheme scheme, byte[] content, byte[] signature) {
    if (type != scheme.keyType()) {
      return false;
    }
    return switch (type) {
      case EC_P256, EC_P384 ->
          ecdsa != null && EcdsaSignature.verify(scheme, ecdsa, content, signature);
      case ED25519 -> Ed25519Signature.verify((EdECPublicKey) key, content, signature);
      case RSA -> JcaSignature.verify(scheme, key, content, signature);
    };
  }
}
