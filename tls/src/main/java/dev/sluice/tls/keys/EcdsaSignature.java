package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECMultiplier;

/** ECDSA over P-256 with SHA-256 and over P-384 with SHA-384, signatures in DER. */
final class EcdsaSignature {
  private EcdsaSignature() {}

  /** Deterministic (RFC 6979): a weak random source cannot give the key away. */
  static byte[] sign(SignatureScheme scheme, BigInteger key, byte[] content) {
    EcCurve curve = EcCurve.of(scheme.keyType());
    ECDSASigner signer =
        new ECDSASigner(new HMacDSAKCalculator(digest(scheme))) {
          @Override
          protected ECMultiplier createBasePointMultiplier() {
            return (basePoint, number) -> curve.multiplyBasePoint(number);
          }
        };
    signer.init(true, new ECPrivateKeyParameters(key, curve.parameters()));
    BigInteger[] rs = signer.generateSignature(digest(scheme).hash(content));
    return new DerSignature(rs[0], rs[1]).encode();
  }

  static boolean verify(
      SignatureScheme scheme, EcdsaVerifyingKey key, byte[] content, byte[] signature) {
    return key.verify(digest(scheme).hash(content), signature);
  }

  private static JdkDigest digest(SignatureScheme scheme) {
    return scheme.keyType() == KeyType.EC_P256 ? JdkDigest.sha256() : JdkDigest.sha384();
  }
}
