package dev.sluice.tls;

import java.util.Arrays;

/**
 * HKDF (RFC 5869) and the labelled form that TLS 1.3 and QUIC derive every key with (RFC 8446
 * §7.1), with one hash. No method keeps or changes its arguments; results belong to the caller, and
 * nothing secret is left behind. An object keeps its digest, which costs as much to find as to use,
 * and so is not for several threads.
 */
public final class Hkdf {
  /** RFC 8446 §7.1: every label on the wire begins with this. */
  private static final String LABEL_PREFIX = "tls13 ";

  private final Hmac mac;

  /** The last block of an expansion. */
  private final byte[] block;

  /**
   * @param hashAlgorithm {@code SHA-256} or {@code SHA-384}
   */
  public Hkdf(String hashAlgorithm) {
    mac = new Hmac(hashAlgorithm);
    block = new byte[mac.length()];
  }

  /** With the hash of a cipher suite. */
  public static Hkdf of(CipherSuite suite) {
    return new Hkdf(suite.hashAlgorithm());
  }

  /**
   * HKDF-Extract.
   *
   * @param salt possibly empty, which means as many zeros as the hash is long
   * @param inputKeyMaterial the secret to concentrate
   * @return a pseudorandom key as long as the hash
   */
  public byte[] extract(byte[] salt, byte[] inputKeyMaterial) {
    return hmac(salt, inputKeyMaterial);
  }

  /**
   * HKDF-Expand.
   *
   * @param length bytes wanted, 0 to 255 times the hash length
   */
  public byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
    if (length < 0 || length > 255 * block.length) {
      throw new IllegalArgumentException("HKDF cannot give " + length + " bytes");
    }
    byte[] out = new byte[length];
    mac.key(pseudorandomKey);
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
    mac.wipe();
    Arrays.fill(block, (byte) 0);
    return out;
  }

  /**
   * HKDF-Expand-Label (RFC 8446 §7.1).
   *
   * @param label without its {@code tls13 } prefix, at most 249 ASCII characters
   * @param context at most 255 bytes
   * @param length bytes wanted
   */
  public byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
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
    return expand(secret, info, length);
  }

  /** HMAC (RFC 2104), as the Finished message and the PSK binders use it. */
  public byte[] hmac(byte[] key, byte[] data) {
    byte[] tag = new byte[mac.length()];
    mac.key(key);
    mac.begin();
    mac.update(data);
    mac.doFinal(tag);
    mac.wipe();
    return tag;
  }

  private static void ascii(String text, byte[] out, int at) {
    for (int i = 0; i < text.length(); i++) {
      out[at + i] = (byte) text.charAt(i);
    }
  }
}
