package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.random.RandomGenerator;

/** Signatures by the JCA: RSA always, the others when the key is opaque. */
final class JcaSignature {
  private static final String PSS = "RSASSA-PSS";

  private JcaSignature() {}

  static byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] content, RandomGenerator random)
      throws GeneralSecurityException {
    Signature signature = toSign(scheme, key, random);
    signature.update(content);
    return signature.sign();
  }

  /**
   * Most signatures take the provider that their key belongs to. But parameters, which come before
   * the key, bind those of RSASSA-PSS to the first provider that knows the name; so each is asked.
   */
  private static Signature toSign(SignatureScheme scheme, PrivateKey key, RandomGenerator random)
      throws GeneralSecurityException {
    if (scheme.keyType() != KeyType.RSA) {
      Signature signature = of(scheme);
      signature.initSign(key, InjectedSecureRandom.of(random));
      return signature;
    }
    GeneralSecurityException refusal = new NoSuchAlgorithmException(PSS + " is missing");
    for (Provider provider : Security.getProviders("Signature." + PSS)) {
      try {
        Signature signature = Signature.getInstance(PSS, provider);
        signature.setParameter(parameters(scheme));
        signature.initSign(key, InjectedSecureRandom.of(random));
        return signature;
      } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
        refusal = e;
      }
    }
    throw refusal;
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
    return switch (scheme.keyType()) {
      case EC_P256 -> Signature.getInstance("SHA256withECDSA");
      case EC_P384 -> Signature.getInstance("SHA384withECDSA");
      case ED25519 -> Signature.getInstance("Ed25519");
      case RSA -> {
        Signature signature = Signature.getInstance(PSS);
        signature.setParameter(parameters(scheme));
        yield signature;
      }
    };
  }

  private static PSSParameterSpec parameters(SignatureScheme scheme) {
    return switch (scheme) {
      case RSA_PSS_RSAE_SHA256 -> parameters("SHA-256", MGF1ParameterSpec.SHA256, 32);
      case RSA_PSS_RSAE_SHA384 -> parameters("SHA-384", MGF1ParameterSpec.SHA384, 48);
      case RSA_PSS_RSAE_SHA512 -> parameters("SHA-512", MGF1ParameterSpec.SHA512, 64);
      default -> throw new IllegalArgumentException(scheme.rfcName() + " signs no handshake");
    };
  }

  /** Salt as long as the digest (RFC 8446 §4.2.3). */
  private static PSSParameterSpec parameters(
      String digest, MGF1ParameterSpec mask, int saltLength) {
    return new PSSParameterSpec(
        digest, "MGF1", mask, saltLength, PSSParameterSpec.TRAILER_FIELD_BC);
  }
}
