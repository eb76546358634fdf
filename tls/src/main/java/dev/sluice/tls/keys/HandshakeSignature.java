package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.random.RandomGenerator;

/**
 * Signs and verifies with the schemes of CertificateVerify (RFC 8446 §4.2.3). Keys whose numbers
 * can be read are used through Bouncy Castle, which is faster; opaque ones, as on a token, through
 * the JCA provider that they belong to.
 */
public final class HandshakeSignature {
  private HandshakeSignature() {}

  /**
   * Signs.
   *
   * @throws GeneralSecurityException the key cannot do it
   */
  public static byte[] sign(
      SignatureScheme scheme, PrivateKey key, byte[] content, RandomGenerator random)
      throws GeneralSecurityException {
    return switch (scheme.keyType()) {
      case EC_P256, EC_P384 ->
          key instanceof ECPrivateKey ec
              ? EcdsaSignature.sign(scheme, ec.getS(), content)
              : JcaSignature.sign(scheme, key, content, random);
      case ED25519 ->
          key instanceof EdECPrivateKey ed && ed.getBytes().isPresent()
              ? Ed25519Signature.sign(ed.getBytes().get(), content)
              : JcaSignature.sign(scheme, key, content, random);
      case RSA -> JcaSignature.sign(scheme, key, content, random);
    };
  }

  /** Whether the signature is right. False too when the key does not fit the scheme. */
  public static boolean verify(
      SignatureScheme scheme, PublicKey key, byte[] content, byte[] signature) {
    return VerifyingKey.of(key).verify(scheme, content, signature);
  }
}
