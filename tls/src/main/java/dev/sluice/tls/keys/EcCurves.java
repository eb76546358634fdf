package dev.sluice.tls.keys;

import dev.sluice.tls.NamedGroup;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;

/** P-256 and P-384, with Bouncy Castle's faster arithmetic of their own. */
final class EcCurves {
  static final ECDomainParameters P256 = named("secp256r1");
  static final ECDomainParameters P384 = named("secp384r1");

  private EcCurves() {}

  static ECDomainParameters of(NamedGroup group) {
    return switch (group) {
      case SECP256R1 -> P256;
      case SECP384R1 -> P384;
      case X25519, X25519MLKEM768 ->
          throw new IllegalArgumentException(group + " is no Weierstrass curve");
    };
  }

  /** A number from 1 to n-1, each as likely: tries again until one falls into the range. */
  static BigInteger randomScalar(ECDomainParameters curve, RandomGenerator random) {
    byte[] bytes = new byte[(curve.getN().bitLength() + 7) / 8];
    while (true) {
      random.nextBytes(bytes);
      BigInteger scalar = new BigInteger(1, bytes);
      if (scalar.signum() > 0 && scalar.compareTo(curve.getN()) < 0) {
        return scalar;
      }
    }
  }

  private static ECDomainParameters named(String name) {
    X9ECParameters parameters = CustomNamedCurves.getByName(name);
    return new ECDomainParameters(parameters);
  }
}
