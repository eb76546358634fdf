package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.random.RandomGenerator;

/** Signatures by the JCA: RSA always, the others when the key is opaque. */
final class JcaSignature {
  private JcaSignature() {}

  static byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] content, RandomGenerator random)
      throws GeneralSecurityException {
    Signature signature = of(scheme);
    signature.initSign(key, InjectedSecureRandom.of(random));
    signature.update(content);
    return signature.sign();
  }

  static boolean verify(SignatureScheme scheme, PublicKey key, byte[] content, byte[] bytes) {
    try {
      Signature signature = of(scheme);
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) {
      // The provider refuses the key or the form of the signature: not valid.
      return false;
    }
  }

  private static Signature of(SignatureScheme scheme) throws GeneralSecurityException {
    return switch (scheme) {
      case ECDSA_SECP256R1_SHA256 -> Signature.getInstance("SHA256withECDSA");
      case ECDSA_SECP384R1_SHA384 -> Signature.getInstance("SHA384withECDSA");
      case ED25519 -> Signature.getInstance("Ed25519");
      case RSA_PSS_RSAE_SHA256 -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
      case RSA_PSS_RSAE_SHA384 -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
      case RSA_PSS_RSAE_SHA512 -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
      case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 ->
          throw new IllegalArgumentException(scheme.rfcName() + " signs certificates only");
    };
  }

  /** Salt as long as the digest (RFC 8446 §4.2.3). */
  private static Signature pss(String digest, MGF1ParameterSpec mask, int saltLength)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec(digest, "MGF1", mask, saltLength, PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }
}
