package dev.sluice.tls.psk;

import dev.sluice.tls.Hkdf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form of a sealed ticket: which key, a salt, and the rest encrypted under a key and nonce of
 * the ticket's own, so that no nonce can meet its key twice.
 *
 * <pre>
 *   ticket = name of the key | salt (32) | AES-256-GCM(key and nonce from the named key and salt)
 * </pre>
 *
 * <p>Any thread may use it.
 */
final class TicketCipher {
  static final String HASH = "SHA-256";
  static final int KEY_LENGTH = 32;
  private static final int SALT_LENGTH = 32;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;

  private static final VarHandle SPARE = MethodHandles.arrayElementVarHandle(Object[].class);

  /**
   * At 0 a cipher that nobody uses: finding one takes longer than sealing with it. A thread that
   * comes while it is taken makes another.
   */
  private final Object[] spare = new Object[1];

  /** Seals a state under a key of {@link #KEY_LENGTH} bytes. */
  byte[] seal(byte[] name, byte[] key, byte[] state, RandomGenerator random) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    byte[] head = Arrays.copyOf(name, name.length + SALT_LENGTH);
    System.arraycopy(salt, 0, head, name.length, SALT_LENGTH);
    byte[] sealed;
    try {
      sealed = run(Cipher.ENCRYPT_MODE, key, salt, head, state, 0);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("sealing checks no tag", e);
    }
    byte[] ticket = Arrays.copyOf(head, head.length + sealed.length);
    System.arraycopy(sealed, 0, ticket, head.length, sealed.length);
    return ticket;
  }

  /** The name in a ticket; null when it is too short to be one. */
  static byte[] name(byte[] ticket, int nameLength) {
    return ticket.length <= nameLength + SALT_LENGTH ? null : Arrays.copyOf(ticket, nameLength);
  }

  /** The state of a ticket that has a {@link #name}; null when it was not sealed with this key. */
  byte[] open(byte[] ticket, int nameLength, byte[] key) {
    int headLength = nameLength + SALT_LENGTH;
    byte[] salt = Arrays.copyOfRange(ticket, nameLength, headLength);
    try {
      byte[] head = Arrays.copyOf(ticket, headLength);
      return run(Cipher.DECRYPT_MODE, key, salt, head, ticket, headLength);
    } catch (AEADBadTagException e) {
      return null;
    }
  }

  /** Encrypts or decrypts the input from an index on. */
  private byte[] run(int mode, byte[] named, byte[] salt, byte[] head, byte[] input, int from)
      throws AEADBadTagException {
    byte[] both = new Hkdf(HASH).expandLabel(named, "ticket", salt, KEY_LENGTH + NONCE_LENGTH);
    Cipher cipher = (Cipher) SPARE.getAndSet(spare, 0, null);
    try {
      if (cipher == null) {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      }
      cipher.init(
          mode,
          new SecretKeySpec(both, 0, KEY_LENGTH, "AES"),
          new GCMParameterSpec(TAG_BITS, both, KEY_LENGTH, NONCE_LENGTH));
      cipher.updateAAD(head);
      byte[] out = cipher.doFinal(input, from, input.length - from);
      SPARE.setRelease(spare, 0, cipher);
      return out;
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is missing from this JDK", e);
    } finally {
      Arrays.fill(both, (byte) 0);
    }
  }
}
