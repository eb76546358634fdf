package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.math.BigInteger;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
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
    ECDomainParameters curve = curve(scheme);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(digest(scheme)));
    signer.init(true, new ECPrivateKeyParameters(key, curve));
    BigInteger[] rs = signer.generateSignature(hash(scheme, content));
    return new DerSignature(rs[0], rs[1]).encode();
  }

  static boolean verify(
      SignatureScheme scheme, java.security.spec.ECPoint key, byte[] content, byte[] signature) {
    DerSignature rs = DerSignature.decode(signature);
    if (rs == null) {
      return false;
    }
    ECDomainParameters curve = curve(scheme);
    try {
      ECDSASigner signer = new ECDSASigner();
      signer.init(
          false,
          new ECPublicKeyParameters(
              curve.getCurve().createPoint(key.getAffineX(), key.getAffineY()), curve));
      // Refuses numbers outside of 1 to n-1.
      return signer.verifySignature(hash(scheme, content), rs.r(), rs.s());
    } catch (IllegalArgumentException | ArithmeticException e) {
      // The key is not on its curve.
      return false;
    }
  }

  private static byte[] hash(SignatureScheme scheme, byte[] content) {
    Digest digest = digest(scheme);
    digest.update(content, 0, content.length);
    byte[] out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return out;
  }

  private static Digest digest(SignatureScheme scheme) {
    return scheme.keyType() == KeyType.EC_P256 ? new SHA256Digest() : new SHA384Digest();
  }

  private static ECDomainParameters curve(SignatureScheme scheme) {
    return scheme.keyType() == KeyType.EC_P256 ? EcCurves.P256 : EcCurves.P384;
  }
}
