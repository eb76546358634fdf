package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/** ECDSA over P-256 with SHA-256 and over P-384 with SHA-384, signatures in DER. */
final class EcdsaSignature {
  private EcdsaSignature() {}

  /** Deterministic (RFC 6979): a weak random source cannot give the key away. */
  static byte[] sign(SignatureScheme scheme, BigInteger key, byte[] content) {
    ECDomainParameters curve = curve(scheme.keyType());
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(digest(scheme)));
    signer.init(true, new ECPrivateKeyParameters(key, curve));
    BigInteger[] rs = signer.generateSignature(digest(scheme).hash(content));
    return new DerSignature(rs[0], rs[1]).encode();
  }

  /** A public key as Bouncy Castle wants it; null when it is not on its curve. */
  static ECPublicKeyParameters point(KeyType type, ECPublicKey key) {
    ECDomainParameters curve = curve(type);
    try {
      return new ECPublicKeyParameters(
          curve.getCurve().createPoint(key.getW().getAffineX(), key.getW().getAffineY()), curve);
    } catch (IllegalArgumentException | ArithmeticException e) {
      return null;
    }
  }

  static boolean verify(
      SignatureScheme scheme, ECPublicKeyParameters key, byte[] content, byte[] signature) {
    DerSignature rs = DerSignature.decode(signature);
    if (rs == null) {
      return false;
    }
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    // Refuses numbers outside of 1 to n-1.
    return signer.verifySignature(digest(scheme).hash(content), rs.r(), rs.s());
  }

  private static JdkDigest digest(SignatureScheme scheme) {
    return scheme.keyType() == KeyType.EC_P256 ? JdkDigest.sha256() : JdkDigest.sha384();
  }

  private static ECDomainParameters curve(KeyType type) {
    return type == KeyType.EC_P256 ? EcCurves.P256 : EcCurves.P384;
  }
}
