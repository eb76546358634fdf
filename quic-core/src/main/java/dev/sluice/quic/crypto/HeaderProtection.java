package dev.sluice.quic.crypto;

import dev.sluice.tls.CipherSuite;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;

/**
 * Header protection (RFC 9001 §5.4): 16 bytes of ciphertext, the sample, become the mask of the
 * first byte and of the packet number. One key serves a direction for the whole connection, also
 * across key updates (§5.4). Not safe for several threads.
 */
public final class HeaderProtection {

  /** The bytes of ciphertext that are sampled. */
  public static final int SAMPLE_LENGTH = 16;

  /** The bytes of a mask that are used: one for the first byte, four for the packet number. */
  public static final int MASK_LENGTH = 5;

  /** A sample begins this far after the start of the packet number, however long that is. */
  public static final int SAMPLE_OFFSET = 4;

  private static final byte[] FIVE_ZEROS = new byte[MASK_LENGTH];
  private static final int NONCE_LENGTH = 12;

  private final boolean aes;
  private final ProtectionKey key;
  private final PacketCiphers ciphers;
  private final int place;
  private final byte[] nonce = new byte[NONCE_LENGTH];

  /**
   * @param key of the suite's key length; belongs to this object from now on
   */
  HeaderProtection(CipherSuite suite, byte[] key, PacketCiphers ciphers) {
    aes = suite != CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
    this.key = new ProtectionKey(aes ? "AES" : "ChaCha20", key);
    this.ciphers = ciphers;
    this.place = ciphers.place();
  }

  /**
   * The mask for one sample.
   *
   * @param buffer holds the sample
   * @param sampleOffset where its {@link #SAMPLE_LENGTH} bytes begin
   * @param mask at least {@link #SAMPLE_LENGTH} bytes long; the first {@link #MASK_LENGTH} are the
   *     mask
   */
  public void mask(byte[] buffer, int sampleOffset, byte[] mask) {
    try {
      if (aes) {
        ciphers.aes(this, key, place).update(buffer, sampleOffset, SAMPLE_LENGTH, mask, 0);
      } else {
        chaCha20(buffer, sampleOffset, mask, 0);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("header protection failed", e);
    }
  }

  /**
   * The masks for many samples: with AES in one call, which costs a fraction of as many calls.
   *
   * @param samples {@code count} samples one after another
   * @param out receives a mask at each multiple of {@link #SAMPLE_LENGTH}, of which the first
   *     {@link #MASK_LENGTH} bytes count; may be the same array as {@code samples}
   */
  public void masks(byte[] samples, int count, byte[] out) {
    try {
      if (aes) {
        ciphers.aes(this, key, place).update(samples, 0, count * SAMPLE_LENGTH, out, 0);
        return;
      }
      for (int i = 0; i < count; i++) {
        chaCha20(samples, i * SAMPLE_LENGTH, out, i * SAMPLE_LENGTH);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("header protection failed", e);
    }
  }

  /** Wipes the key; the object cannot be used any more. */
  void destroy() {
    key.destroy();
  }

  /**
   * RFC 9001 §5.4.4: the sample is a block counter and a nonce. The cipher decrypts, which is the
   * same thing: when asked to encrypt, the JDK refuses a nonce that it has just seen, and anyone
   * can cause that by sending a packet twice.
   */
  private void chaCha20(byte[] buffer, int sampleOffset, byte[] out, int outOffset)
      throws GeneralSecurityException {
    int counter =
        buffer[sampleOffset] & 0xff
            | (buffer[sampleOffset + 1] & 0xff) << 8
            | (buffer[sampleOffset + 2] & 0xff) << 16
            | (buffer[sampleOffset + 3] & 0xff) << 24;
    System.arraycopy(buffer, sampleOffset + Integer.BYTES, nonce, 0, NONCE_LENGTH);
    Cipher cipher = ciphers.chaCha20(place);
    cipher.init(Cipher.DECRYPT_MODE, key, new ChaCha20ParameterSpec(nonce, counter));
    cipher.doFinal(FIVE_ZEROS, 0, MASK_LENGTH, out, outOffset);
  }
}
