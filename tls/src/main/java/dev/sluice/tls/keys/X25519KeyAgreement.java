package dev.sluice.tls.keys;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** Diffie-Hellman over Curve25519 (RFC 7748 §6.1). */
public final class X25519KeyAgreement implements KeyAgreement {
  /** Length of keys, shares and secret. */
  static final int LENGTH = Field25519.LENGTH;

  private final byte[] privateKey;
  private final byte[] share = new byte[LENGTH];

  private X25519KeyAgreement(byte[] privateKey) {
    this.privateKey = privateKey;
    // The base point has tables there, which make it three times as fast as the ladder.
    X25519.generatePublicKey(privateKey, 0, share, 0);
  }

  /** With a private key of one's own, 32 bytes, for known answers. The array is copied. */
  public static X25519KeyAgreement of(byte[] privateKey) {
    return new X25519KeyAgreement(Arrays.copyOf(privateKey, LENGTH));
  }

  static X25519KeyAgreement generate(RandomGenerator random) {
    byte[] key = new byte[LENGTH];
    random.nextBytes(key);
    return new X25519KeyAgreement(key);
  }

  @Override
  public NamedGroup group() {
    return NamedGroup.X25519;
  }

  @Override
  public byte[] share() {
    return share.clone();
  }

  @Override
  public byte[] agree(byte[] peerShare) throws TlsException {
    if (peerShare.length != LENGTH) {
      throw illegal("is " + peerShare.length + " bytes long, not " + LENGTH);
    }
    byte[] secret = MontgomeryLadder.x25519(privateKey, peerShare);
    if (isZero(secret)) {
      // From a point of small order (RFC 8446 §7.4.2).
      throw illegal("gives the all-zero secret");
    }
    return secret;
  }

  /** Without telling where another byte is (RFC 7748 §6.1). */
  private static boolean isZero(byte[] secret) {
    int any = 0;
    for (byte b : secret) {
      any |= b;
    }
    return any == 0;
  }

  @Override
  public void destroy() {
    Arrays.fill(privateKey, (byte) 0);
  }

  private static TlsException illegal(String reason) {
    return new TlsException(
        AlertDescription.ILLEGAL_PARAMETER, "key_share: x25519 share " + reason);
  }
}
