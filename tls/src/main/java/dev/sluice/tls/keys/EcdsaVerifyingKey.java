package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme.KeyType;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/**
 * A public key of ECDSA over P-256 with SHA-256 or over P-384 with SHA-384. One that has verified a
 * few signatures computes multiples of its point, which takes as long as some signatures, and is
 * faster from then on. Any thread may use it.
 */
final class EcdsaVerifyingKey {
  /** Signatures after which more are likely. */
  private static final int FEW = 4;

  private final EcCurve curve;
  private final ECPublicKeyParameters key;

  /** At most so many, since threads may count at once; it decides about nothing but time. */
  private int verified;

  /**
   * Null until there were a few signatures. Threads that see null both compute it, with the same
   * outcome; one that sees it sees all of it, since a comb's fields are final.
   */
  private PointComb multiples;

  private EcdsaVerifyingKey(EcCurve curve, ECPublicKeyParameters key) {
    this.curve = curve;
    this.key = key;
  }

  /** Of a certificate's key; null when its point is not on its curve. */
  static EcdsaVerifyingKey of(KeyType type, ECPublicKey key) {
    EcCurve curve = EcCurve.of(type);
    try {
      ECPoint point =
          curve
              .parameters()
              .getCurve()
              .createPoint(key.getW().getAffineX(), key.getW().getAffineY());
      return new EcdsaVerifyingKey(curve, new ECPublicKeyParameters(point, curve.parameters()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return null;
    }
  }

  /**
   * Whether the signature is right.
   *
   * @param hash of what was signed, as long as the curve's order
   * @param signature in DER
   */
  boolean verify(byte[] hash, byte[] signature) {
    DerSignature rs = DerSignature.decode(signature);
    if (rs == null || !inRange(rs.r()) || !inRange(rs.s())) {
      return false;
    }
    if (verified < FEW) {
      verified++;
      ECDSASigner signer = new ECDSASigner();
      signer.init(false, key);
      return signer.verifySignature(hash, rs.r(), rs.s());
    }
    return verifyByMultiples(new BigInteger(1, hash), rs);
  }

  private boolean inRange(BigInteger number) {
    return number.signum() > 0 && number.compareTo(curve.order()) < 0;
  }

  /** FIPS 186-5 §6.4.2, steps 3 to 9. */
  private boolean verifyByMultiples(BigInteger hash, DerSignature rs) {
    BigInteger n = curve.order();
    BigInteger inverse = BigIntegers.modOddInverseVar(n, rs.s());
    BigInteger u = hash.multiply(inverse).mod(n);
    BigInteger v = rs.r().multiply(inverse).mod(n);
    ECPoint point = PointComb.sumOfMultiples(curve.basePointMultiples(), u, multiples(), v);
    return !point.isInfinity()
        && point.normalize().getAffineXCoord().toBigInteger().mod(n).equals(rs.r());
  }

  private PointComb multiples() {
    PointComb known = multiples;
    if (known == null) {
      known = new PointComb(key.getQ(), 6, 2);
      multiples = known;
    }
    return known;
  }
}
