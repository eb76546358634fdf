package dev.sluice.tls.keys;

import java.security.interfaces.EdECPublicKey;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 (RFC 8032 §5.1). */
final class Ed25519Signature {
  private static final int KEY_LENGTH = 32;
  private static final int SIGNATURE_LENGTH = 64;

  private Ed25519Signature() {}

  static byte[] sign(byte[] seed, byte[] content) {
    byte[] signature = new byte[SIGNATURE_LENGTH];
    Ed25519.sign(seed, 0, content, 0, content.length, signature, 0);
    Arrays.fill(seed, (byte) 0);
    return signature;
  }

  static boolean verify(EdECPublicKey key, byte[] content, byte[] signature) {
    byte[] encoded = key.getEncoded();
    // The raw key is the end of the SubjectPublicKeyInfo (RFC 8410 §4).
    return signature.length == SIGNATURE_LENGTH
        && Ed25519.verify(
            signature, 0, encoded, encoded.length - KEY_LENGTH, content, 0, content.length);
  }
}
