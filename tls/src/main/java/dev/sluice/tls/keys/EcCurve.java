package dev.sluice.tls.keys;

import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme.KeyType;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;

/** P-256 and P-384, with Bouncy Castle's faster arithmetic of their own. */
enum EcCurve {
  P256("secp256r1"),
  P384("secp384r1");

  private final ECDomainParameters parameters;

  // Both are computed when they are first wanted. Threads that see null both compute them, with the
  // same outcome; one that sees them sees all of them, since a comb's fields are final.
  private PointComb secretMultiples;
  private PointComb publicMultiples;

  EcCurve(String name) {
    this.parameters = new ECDomainParameters(CustomNamedCurves.getByName(name));
  }

  static EcCurve of(NamedGroup group) {
    return switch (group) {
      case SECP256R1 -> P256;
      case SECP384R1 -> P384;
      case X25519, X25519MLKEM768 ->
          throw new IllegalArgumentException(group + " is no Weierstrass curve");
    };
  }

  static EcCurve of(KeyType type) {
    return switch (type) {
      case EC_P256 -> P256;
      case EC_P384 -> P384;
      case ED25519, RSA -> throw new IllegalArgumentException(type + " has no Weierstrass curve");
    };
  }

  ECDomainParameters parameters() {
    return parameters;
  }

  /** How many points there are, a prime. */
  BigInteger order() {
    return parameters.getN();
  }

  /** A number from 1 to n-1, each as likely: tries again until one falls into the range. */
  BigInteger randomScalar(RandomGenerator random) {
    byte[] bytes = new byte[(order().bitLength() + 7) / 8];
    while (true) {
      random.nextBytes(bytes);
      BigInteger scalar = new BigInteger(1, bytes);
      if (scalar.signum() > 0 && scalar.compareTo(order()) < 0) {
        return scalar;
      }
    }
  }

  /** The base point's multiple by a secret number. */
  ECPoint multiplyBasePoint(BigInteger secret) {
    PointComb multiples = secretMultiples;
    if (multiples == null) {
      // All of a table is read for each addition, so many short ones are better than a long one.
      multiples = new PointComb(parameters.getG(), 5, 4);
      secretMultiples = multiples;
    }
    return multiples.multiply(secret);
  }

  /** The base point's multiples for numbers that are no secret. */
  PointComb basePointMultiples() {
    PointComb multiples = publicMultiples;
    if (multiples == null) {
      multiples = new PointComb(parameters.getG(), 8, 2);
      publicMultiples = multiples;
    }
    return multiples;
  }
}
