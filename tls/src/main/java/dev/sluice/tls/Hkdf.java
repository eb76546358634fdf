package dev.sluice.tls;

import java.util.Arrays;

/**
 * HKDF (RFC 5869) and the labelled form that TLS 1.3 and QUIC derive every key with (RFC 8446
 * §7.1). Static and without state: any thread may call it. No method keeps or changes its
 * arguments; results belong to the caller.
 */
public final class Hkdf {
  /** RFC 8446 §7.1: every label on the wire begins with this. */
  private static final String LABEL_PREFIX = "tls13 ";

  private Hkdf() {}

  /**
   * HKDF-Extract.
   *
   * @param hashAlgorithm {@code SHA-256} or {@code SHA-384}
   * @param salt possibly empty, which means as many zeros as the hash is long
   * @param inputKeyMaterial the secret to concentrate
   * @return a pseudorandom key as long as the hash
   */
  public static byte[] extract(String hashAlgorithm, byte[] salt, byte[] inputKeyMaterial) {
    return hmac(hashAlgorithm, salt, inputKeyMaterial);
  }

  /**
   * HKDF-Expand.
   *
   * @param hashAlgorithm {@code SHA-256} or {@code SHA-384}
   * @param length bytes wanted, 0 to 255 times the hash length
   */
  public static byte[] expand(
      String hashAlgorithm, byte[] pseudorandomKey, byte[] info, int length) {
    Hmac mac = new Hmac(hashAlgorithm, pseudorandomKey);
    if (length < 0 || length > 255 * mac.length()) {
      throw new IllegalArgumentException("HKDF cannot give " + length + " bytes");
    }
    byte[] out = new byte[length];
    byte[] block = new byte[mac.length()];
    int at = 0;
    for (int counter = 1; at < length; counter++) {
      mac.begin();
      if (counter > 1) {
        mac.update(block);
      }
      mac.update(info);
      mac.update((byte) counter);
      mac.doFinal(block);
      int n = Math.min(block.length, length - at);
      System.arraycopy(block, 0, out, at, n);
      at += n;
    }
    Arrays.fill(block, (byte) 0);
    mac.destroy();
    return out;
  }

  /**
   * HKDF-Expand-Label (RFC 8446 §7.1) with the hash of a cipher suite.
   *
   * @param label without its {@code tls13 } prefix, at most 249 ASCII characters
   * @param context at most 255 bytes
   * @param length bytes wanted
   */
  public static byte[] expandLabel(
      CipherSuite suite, byte[] secret, String label, byte[] context, int length) {
    return expandLabel(suite.hashAlgorithm(), secret, label, context, length);
  }

  /** HKDF-Expand-Label with a hash named as in {@link CipherSuite#hashAlgorithm()}. */
  public static byte[] expandLabel(
      String hashAlgorithm, byte[] secret, String label, byte[] context, int length) {
    int named = LABEL_PREFIX.length() + label.length();
    if (named > 255 || context.length > 255) {
      throw new IllegalArgumentException("label or context too long");
    }
    byte[] info = new byte[4 + named + context.length];
    info[0] = (byte) (length >> 8);
    info[1] = (byte) length;
    info[2] = (byte) named;
    ascii(LABEL_PREFIX, info, 3);
    ascii(label, info, 3 + LABEL_PREFIX.length());
    info[3 + named] = (byte) context.length;
    System.arraycopy(context, 0, info, 4 + named, context.length);
    return expand(hashAlgorithm, secret, info, length);
  }

  /** HMAC (RFC 2104), as the Finished message and the PSK binders use it. */
  public static byte[] hmac(String hashAlgorithm, byte[] key, byte[] data) {
    Hmac mac = new Hmac(hashAlgorithm, key);
    byte[] tag = new byte[mac.length()];
    mac.begin();
    mac.update(data);
    mac.doFinal(tag);
    mac.destroy();
    return tag;
  }

  private static void ascii(String text, byte[] out, int at) {
    for (int i = 0; i < text.length(); i++) {
      out[at + i] = (byte) text.charAt(i);
    }
  }
}
