package dev.sluice.tls.keys;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * X25519MLKEM768 (RFC 10024): safe as long as one of its two halves is. In shares and secret alike
 * the ML-KEM part stands first.
 */
public final class HybridKeyAgreement implements KeyAgreement {
  private final X25519KeyAgreement x25519;
  private KeyPair mlKem;

  /**
   * @param x25519 owned here from now on; the ClientHello's share of X25519 may be the same
   */
  HybridKeyAgreement(KeyPair mlKem, X25519KeyAgreement x25519) {
    this.mlKem = mlKem;
    this.x25519 = x25519;
  }

  static Answer answer(byte[] clientShare, RandomGenerator random, KeyPairStock stock)
      throws TlsException {
    requireLength(clientShare, MlKem768.ENCAPSULATION_KEY_LENGTH);
    MlKem768.Encapsulation kem =
        MlKem768.encapsulate(Arrays.copyOf(clientShare, MlKem768.ENCAPSULATION_KEY_LENGTH), random);
    X25519KeyAgreement own = stock.x25519(random);
    try {
      byte[] second = own.agree(tail(clientShare, MlKem768.ENCAPSULATION_KEY_LENGTH));
      return new Answer(concatenate(kem.ciphertext(), own.share()), secret(kem.secret(), second));
    } finally {
      own.destroy();
    }
  }

  @Override
  public NamedGroup group() {
    return NamedGroup.X25519MLKEM768;
  }

  @Override
  public byte[] share() {
    return concatenate(MlKem768.encapsulationKey(mlKem), x25519.share());
  }

  @Override
  public byte[] agree(byte[] peerShare) throws TlsException {
    requireLength(peerShare, MlKem768.CIPHERTEXT_LENGTH);
    byte[] ciphertext = Arrays.copyOf(peerShare, MlKem768.CIPHERTEXT_LENGTH);
    byte[] second = x25519.agree(tail(peerShare, MlKem768.CIPHERTEXT_LENGTH));
    return secret(MlKem768.decapsulate(mlKem.getPrivate(), ciphertext), second);
  }

  @Override
  public void destroy() {
    mlKem = null;
    x25519.destroy();
  }

  private static void requireLength(byte[] share, int kemPart) throws TlsException {
    int expected = kemPart + X25519KeyAgreement.LENGTH;
    if (share.length != expected) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "key_share: X25519MLKEM768 share is " + share.length + " bytes long, not " + expected);
    }
  }

  private static byte[] tail(byte[] share, int from) {
    return Arrays.copyOfRange(share, from, share.length);
  }

  private static byte[] secret(byte[] mlKem, byte[] x25519) {
    byte[] both = concatenate(mlKem, x25519);
    Arrays.fill(mlKem, (byte) 0);
    Arrays.fill(x25519, (byte) 0);
    return both;
  }

  private static byte[] concatenate(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
