package dev.sluice.tls;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC (RFC 2104) over one of the JDK's digests, for one key after another. A handshake needs about
 * a hundred of them, each under another key: {@code javax.crypto.Mac} takes ten times as long to
 * find and set up as to compute, and keeps a copy of the key that nobody can wipe. Not for use by
 * several threads.
 */
final class Hmac {
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  private final MessageDigest digest;

  /** The key, filled up with zeros to a block of the hash; masked while there is a message. */
  private final byte[] pad;

  private final byte[] inner;

  /**
   * @param hashAlgorithm {@code SHA-256} or {@code SHA-384}
   */
  Hmac(String hashAlgorithm) {
    int block =
        switch (hashAlgorithm) {
          case "SHA-256" -> 64;
          case "SHA-384" -> 128;
          default -> throw new IllegalArgumentException("no HMAC for " + hashAlgorithm);
        };
    try {
      digest = MessageDigest.getInstance(hashAlgorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(hashAlgorithm + " is missing from this JDK", e);
    }
    inner = new byte[digest.getDigestLength()];
    pad = new byte[block];
  }

  /**
   * Takes a key, under which messages may follow until {@link #wipe}.
   *
   * @param key copied
   */
  void key(byte[] key) {
    if (key.length <= pad.length) {
      System.arraycopy(key, 0, pad, 0, key.length);
    } else {
      digest.update(key);
      finish(pad);
    }
  }

  /** Begins a message; each needs it. */
  void begin() {
    mask(INNER);
    digest.update(pad);
  }

  /** Takes more of the message. */
  void update(byte[] bytes) {
    digest.update(bytes);
  }

  /** Takes one more byte of the message. */
  void update(byte value) {
    digest.update(value);
  }

  /** Bytes of a tag. */
  int length() {
    return inner.length;
  }

  /**
   * Writes the tag of the message.
   *
   * @param out at least {@link #length} bytes long
   */
  void doFinal(byte[] out) {
    finish(inner);
    mask((byte) (INNER ^ OUTER));
    digest.update(pad);
    digest.update(inner);
    finish(out);
    mask(OUTER);
  }

  /** Wipes the key; the next one may come. */
  void wipe() {
    Arrays.fill(pad, (byte) 0);
    Arrays.fill(inner, (byte) 0);
    digest.reset();
  }

  private void finish(byte[] out) {
    try {
      digest.digest(out, 0, inner.length);
    } catch (DigestException e) {
      throw new IllegalArgumentException("a tag has " + inner.length + " bytes", e);
    }
  }

  private void mask(byte value) {
    for (int i = 0; i < pad.length; i++) {
      pad[i] ^= value;
    }
  }
}
