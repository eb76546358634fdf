package dev.sluice.tls.keys;

import dev.sluice.tls.SignatureScheme.KeyType;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** Tells which schemes a certificate's key can serve. */
public final class KeyTypes {
  private KeyTypes() {}

  /** The kind of a key, or null when it is of none that is known here. */
  public static KeyType of(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> curve(ec);
      case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") -> KeyType.ED25519;
      // An RSASSA-PSS key would need the rsa_pss_pss schemes (RFC 8446 §4.2.3).
      case RSAPublicKey rsa when rsa.getAlgorithm().equals("RSA") -> KeyType.RSA;
      default -> null;
    };
  }

  private static KeyType curve(ECPublicKey key) {
    if (key.getParams().getOrder().equals(EcCurve.P256.order())) {
      return KeyType.EC_P256;
    }
    return key.getParams().getOrder().equals(EcCurve.P384.order()) ? KeyType.EC_P384 : null;
  }
}
