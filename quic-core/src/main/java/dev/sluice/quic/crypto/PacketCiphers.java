package dev.sluice.quic.crypto;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;

/**
 * The JDK's ciphers and digests for any number of {@link PacketKeys} that one thread uses. A cipher
 * costs more memory than all else that a key needs, and making one takes as long as sealing several
 * packets; so there is a limited number of places with a cipher each, and keys share a place when
 * there are more of them. Nothing is wrong with that: an AEAD cipher is given its nonce and its key
 * with every packet anyway. It only has to work the key out anew when the last packet was
 * another's.
 */
public final class PacketCiphers {
  /**
   * As many keys as are in use at one time on a loop that is not very busy, at some kilobytes each.
   * Keys that are not in use do no harm in the same place.
   */
  private static final int PLACES = 64;

  private final Cipher[] aesGcm;
  private final Cipher[] chaCha20Poly1305;
  private final Cipher[] aes;
  private final Cipher[] chaCha20;

  /** Whose key each cipher of {@link #aes} has now. */
  private final HeaderProtection[] aesKeyOf;

  /** By the suite whose hash it has. */
  private final Hkdf[] hkdf = new Hkdf[CipherSuite.values().length];

  private int next;

  /** For many keys. */
  public PacketCiphers() {
    this(PLACES);
  }

  /**
   * @param places the most ciphers of each kind
   */
  PacketCiphers(int places) {
    aesGcm = new Cipher[places];
    chaCha20Poly1305 = new Cipher[places];
    aes = new Cipher[places];
    chaCha20 = new Cipher[places];
    aesKeyOf = new HeaderProtection[places];
  }

  /** A place for a key that is used for the first time. */
  int place() {
    int place = next;
    next = (next + 1) % aesGcm.length;
    return place;
  }

  /** An AEAD cipher, to be initialised for each packet. */
  Cipher aead(boolean isAes, int place) throws GeneralSecurityException {
    return isAes
        ? at(place, aesGcm, "AES/GCM/NoPadding")
        : at(place, chaCha20Poly1305, "ChaCha20-Poly1305");
  }

  /** Lets the next one who asks have a new cipher, which remembers nothing. */
  void drop(boolean isAes, int place) {
    (isAes ? aesGcm : chaCha20Poly1305)[place] = null;
  }

  /** Plain AES with the key of the one who asks, for whole blocks. */
  Cipher aes(HeaderProtection user, ProtectionKey key, int place) throws GeneralSecurityException {
    Cipher cipher = at(place, aes, "AES/ECB/NoPadding");
    if (aesKeyOf[place] != user) {
      aesKeyOf[place] = null;
      cipher.init(Cipher.ENCRYPT_MODE, key);
      aesKeyOf[place] = user;
    }
    return cipher;
  }

  /** To be initialised for each mask. */
  Cipher chaCha20(int place) throws GeneralSecurityException {
    return at(place, chaCha20, "ChaCha20");
  }

  /** What the suite's keys are derived with. */
  Hkdf hkdf(CipherSuite suite) {
    if (hkdf[suite.ordinal()] == null) {
      hkdf[suite.ordinal()] = Hkdf.of(suite);
    }
    return hkdf[suite.ordinal()];
  }

  private static Cipher at(int place, Cipher[] ciphers, String name)
      throws GeneralSecurityException {
    if (ciphers[place] == null) {
      ciphers[place] = Cipher.getInstance(name);
    }
    return ciphers[place];
  }
}
