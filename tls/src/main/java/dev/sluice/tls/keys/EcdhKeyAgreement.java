package dev.sluice.tls.keys;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/** Diffie-Hellman over P-256 or P-384 with uncompressed points (RFC 8446 §4.2.8.2, §7.4.2). */
public final class EcdhKeyAgreement implements KeyAgreement {
  /** First byte of an uncompressed point (RFC 8446 §4.2.8.2). */
  private static final int UNCOMPRESSED = 4;

  private final NamedGroup group;
  private final EcCurve curve;
  private final byte[] share;
  private BigInteger privateKey;

  private EcdhKeyAgreement(NamedGroup group, BigInteger privateKey) {
    this.group = group;
    this.curve = EcCurve.of(group);
    this.privateKey = privateKey;
    ECPoint point = curve.multiplyBasePoint(privateKey);
    this.share = point.normalize().getEncoded(false);
  }

  /** With a private key of one's own, big-endian, for known answers. */
  public static EcdhKeyAgreement of(NamedGroup group, byte[] privateKey) {
    return new EcdhKeyAgreement(group, new BigInteger(1, privateKey));
  }

  static EcdhKeyAgreement generate(NamedGroup group, RandomGenerator random) {
    return new EcdhKeyAgreement(group, EcCurve.of(group).randomScalar(random));
  }

  @Override
  public NamedGroup group() {
    return group;
  }

  @Override
  public byte[] share() {
    return share.clone();
  }

  @Override
  public byte[] agree(byte[] peerShare) throws TlsException {
    if (peerShare.length != share.length || peerShare[0] != UNCOMPRESSED) {
      throw illegal("is not an uncompressed point of " + share.length + " bytes", null);
    }
    ECPoint point;
    try {
      // Throws unless the point lies on the curve; the cofactor of both curves is one.
      ECDomainParameters parameters = curve.parameters();
      point = parameters.validatePublicPoint(parameters.getCurve().decodePoint(peerShare));
    } catch (IllegalArgumentException e) {
      throw illegal("is not on the curve", e);
    }
    ECPoint product = point.multiply(privateKey).normalize();
    if (product.isInfinity()) {
      throw illegal("gives the point at infinity", null);
    }
    // As long as the field: leading zeros stay (RFC 8446 §7.4.2).
    return BigIntegers.asUnsignedByteArray(
        (share.length - 1) / 2, product.getAffineXCoord().toBigInteger());
  }

  @Override
  public void destroy() {
    privateKey = null;
  }

  private TlsException illegal(String reason, Throwable cause) {
    return new TlsException(
        AlertDescription.ILLEGAL_PARAMETER,
        "key_share: " + group.rfcName() + " share " + reason,
        cause);
  }
}
