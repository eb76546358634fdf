package dev.sluice.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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
    Mac mac = mac(hashAlgorithm, pseudorandomKey);
    if (length < 0 || length > 255 * mac.getMacLength()) {
      throw new IllegalArgumentException("HKDF cannot give " + length + " bytes");
    }
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    int at = 0;
    for (int counter = 1; at < length; counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      block = mac.doFinal();
      int n = Math.min(block.length, length - at);
      System.arraycopy(block, 0, out, at, n);
      at += n;
    }
    Arrays.fill(block, (byte) 0);
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
    byte[] name = (LABEL_PREFIX + label).getBytes(StandardCharsets.US_ASCII);
    if (name.length > 255 || context.length > 255) {
      throw new IllegalArgumentException("label or context too long");
    }
    byte[] info = new byte[4 + name.length + context.length];
    info[0] = (byte) (length >> 8);
    info[1] = (byte) length;
    info[2] = (byte) name.length;
    System.arraycopy(name, 0, info, 3, name.length);
    info[3 + name.length] = (byte) context.length;
    System.arraycopy(context, 0, info, 4 + name.length, context.length);
    return expand(hashAlgorithm, secret, info, length);
  }

  /** HMAC (RFC 2104), as the Finished message and the PSK binders use it. */
  public static byte[] hmac(String hashAlgorithm, byte[] key, byte[] data) {
    return mac(hashAlgorithm, key).doFinal(data);
  }

  private static Mac mac(String hashAlgorithm, byte[] key) {
    String name =
        switch (hashAlgorithm) {
          case "SHA-256" -> "HmacSHA256";
          case "SHA-384" -> "HmacSHA384";
          default -> throw new IllegalArgumentException("no HMAC for " + hashAlgorithm);
        };
    try {
      Mac mac = Mac.getInstance(name);
      // HMAC pads its key with zeros, so one zero byte stands for the empty key that the JDK
      // refuses.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " is missing from this JDK", e);
    }
  }
}
