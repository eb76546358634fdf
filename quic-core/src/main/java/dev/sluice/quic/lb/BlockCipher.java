package dev.sluice.quic.lb;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The encryption of server ID and nonce (draft-ietf-quic-load-balancers §5.4): AES itself for 16
 * bytes, a Feistel network of four rounds around AES for any other number from 5 to 19. Not safe
 * for several threads.
 */
final class BlockCipher {
  private static final int AES_BLOCK = 16;
  private static final int PASSES = 4;

  private final Cipher encryption;
  private final Cipher decryption;
  private final byte[] input = new byte[AES_BLOCK];
  private final byte[] output = new byte[AES_BLOCK];

  BlockCipher(byte[] key) {
    encryption = aes(Cipher.ENCRYPT_MODE, key);
    decryption = aes(Cipher.DECRYPT_MODE, key);
  }

  private static Cipher aes(int mode, byte[] key) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES is part of every JDK", e);
    }
  }

  /** Encrypts in place. */
  void encrypt(byte[] block) {
    if (block.length == AES_BLOCK) {
      once(encryption, block, block);
      return;
    }
    Halves halves = Halves.of(block);
    for (int pass = 1; pass <= PASSES; pass++) {
      round(halves, pass);
    }
    halves.joinInto(block);
  }

  /** Decrypts in place. Only the order of the passes is another: each undoes itself. */
  void decrypt(byte[] block) {
    if (block.length == AES_BLOCK) {
      once(decryption, block, block);
      return;
    }
    Halves halves = Halves.of(block);
    for (int pass = PASSES; pass >= 1; pass--) {
      round(halves, pass);
    }
    halves.joinInto(block);
  }

  /**
   * Odd passes change the right half by the left one, even ones the left by the right (§5.4.2.3).
   */
  private void round(Halves halves, int pass) {
    boolean odd = pass % 2 == 1;
    byte[] from = odd ? halves.left : halves.right;
    byte[] to = odd ? halves.right : halves.left;
    // expand (§5.4.2.2): what goes into AES is another in every pass and for every length.
    Arrays.fill(input, (byte) 0);
    System.arraycopy(from, 0, input, 0, from.length);
    input[AES_BLOCK - 2] = (byte) halves.length;
    input[AES_BLOCK - 1] = (byte) pass;
    once(encryption, input, output);
    for (int i = 0; i < to.length; i++) {
      to[i] ^= output[i];
    }
    halves.clearShared();
  }

  private static void once(Cipher cipher, byte[] from, byte[] to) {
    try {
      cipher.update(from, 0, AES_BLOCK, to, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a block of AES is 16 bytes long", e);
    }
  }

  /** With an odd number of bytes each half has four bits of the byte in the middle. */
  private static final class Halves {
    final int length;
    final byte[] left;
    final byte[] right;

    private Halves(int length) {
      this.length = length;
      this.left = new byte[(length + 1) / 2];
      this.right = new byte[(length + 1) / 2];
    }

    static Halves of(byte[] block) {
      Halves halves = new Halves(block.length);
      System.arraycopy(block, 0, halves.left, 0, halves.left.length);
      System.arraycopy(
          block, block.length - halves.right.length, halves.right, 0, halves.right.length);
      halves.clearShared();
      return halves;
    }

    void clearShared() {
      if (length % 2 == 1) {
        left[left.length - 1] &= (byte) 0xf0;
        right[0] &= 0x0f;
      }
    }

    void joinInto(byte[] block) {
      System.arraycopy(left, 0, block, 0, left.length);
      int at = length - right.length;
      block[at] = length % 2 == 1 ? (byte) (block[at] | right[0]) : right[0];
      System.arraycopy(right, 1, block, at + 1, right.length - 1);
    }
  }
}
