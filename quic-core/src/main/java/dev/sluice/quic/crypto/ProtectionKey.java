package dev.sluice.quic.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key that can be wiped. The JDK's own {@code SecretKeySpec} cannot: its {@code destroy()} only
 * throws. Copies that a Cipher made for itself are out of reach either way.
 */
final class ProtectionKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final String algorithm;
  private final byte[] bytes;

  /**
   * @param algorithm as the JDK names it
   * @param bytes belong to this object from now on
   */
  ProtectionKey(String algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return bytes.clone();
  }

  @Override
  public void destroy() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return algorithm + " key";
  }
}
