package dev.sluice.tls.keys;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.ExtendedDigest;

/**
 * The JDK's digests, which run on the processor's own instructions, for Bouncy Castle's signers.
 */
final class JdkDigest implements ExtendedDigest {
  private final MessageDigest digest;

  private JdkDigest(String algorithm) {
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is missing from this JDK", e);
    }
  }

  static JdkDigest sha256() {
    return new JdkDigest("SHA-256");
  }

  static JdkDigest sha384() {
    return new JdkDigest("SHA-384");
  }

  /** The hash of something whole. */
  byte[] hash(byte[] content) {
    return digest.digest(content);
  }

  @Override
  public String getAlgorithmName() {
    return digest.getAlgorithm();
  }

  @Override
  public int getDigestSize() {
    return digest.getDigestLength();
  }

  @Override
  public int getByteLength() {
    return digest.getDigestLength() == 32 ? 64 : 128;
  }

  @Override
  public void update(byte in) {
    digest.update(in);
  }

  @Override
  public void update(byte[] in, int offset, int length) {
    digest.update(in, offset, length);
  }

  @Override
  public int doFinal(byte[] out, int offset) {
    try {
      return digest.digest(out, offset, getDigestSize());
    } catch (DigestException e) {
      throw new IllegalArgumentException("no room for the hash", e);
    }
  }

  @Override
  public void reset() {
    digest.reset();
  }
}
