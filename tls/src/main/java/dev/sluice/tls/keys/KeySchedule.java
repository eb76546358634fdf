package dev.sluice.tls.keys;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * The key schedule (RFC 8446 §7.1): a chain of three secrets, early, handshake and master, from
 * which everything else is derived with the transcript hash of the moment.
 *
 * <pre>
 *      0 -> Extract(PSK)  = early secret     -> binder, c e traffic, e exp master
 *           Extract(ECDHE)= handshake secret -> c hs traffic, s hs traffic
 *           Extract(0)    = master secret    -> c ap traffic, s ap traffic, exp master, res master
 * </pre>
 *
 * <p>Arrays that it returns belong to the caller.
 */
public final class KeySchedule {
  private static final byte[] EMPTY = new byte[0];

  private static final Map<CipherSuite, byte[]> EMPTY_HASHES = new EnumMap<>(CipherSuite.class);

  static {
    for (CipherSuite suite : CipherSuite.values()) {
      EMPTY_HASHES.put(suite, digest(suite).digest());
    }
  }

  private final CipherSuite suite;
  private final Hkdf hkdf;
  private byte[] secret;

  /**
   * Begins with the early secret.
   *
   * @param psk the resumption secret, or null for a full handshake
   */
  public KeySchedule(CipherSuite suite, byte[] psk) {
    this.suite = suite;
    this.hkdf = Hkdf.of(suite);
    this.secret = hkdf.extract(EMPTY, psk == null ? new byte[suite.hashLength()] : psk);
  }

  /** The suite whose hash is used. */
  public CipherSuite suite() {
    return suite;
  }

  /** A copy of the secret that the chain has reached. */
  public byte[] current() {
    return secret.clone();
  }

  /** Goes on to the handshake secret. The shared secret is zeroed. */
  public void toHandshake(byte[] sharedSecret) {
    advance(sharedSecret);
    Arrays.fill(sharedSecret, (byte) 0);
  }

  /** Goes on to the master secret. */
  public void toMaster() {
    advance(new byte[suite.hashLength()]);
  }

  /**
   * Derive-Secret with a transcript hash, for example {@code derive("c hs traffic", hash)}.
   *
   * @param label without its prefix
   */
  public byte[] derive(String label, byte[] transcriptHash) {
    return hkdf.expandLabel(secret, label, transcriptHash, suite.hashLength());
  }

  /** binder_key of a resumption PSK, from the early secret (RFC 8446 §7.1). */
  public byte[] resumptionBinderKey() {
    return derive("res binder", emptyHash(suite));
  }

  /** Zeroes what is held. */
  public void destroy() {
    Arrays.fill(secret, (byte) 0);
  }

  /**
   * The content of a Finished message, and of a PSK binder (RFC 8446 §4.4.4).
   *
   * @param baseKey a handshake traffic secret, or the binder key
   */
  public byte[] verifyData(byte[] baseKey, byte[] transcriptHash) {
    byte[] key = hkdf.expandLabel(baseKey, "finished", EMPTY, suite.hashLength());
    byte[] mac = hkdf.hmac(key, transcriptHash);
    Arrays.fill(key, (byte) 0);
    return mac;
  }

  /** The PSK of a ticket from resumption_master_secret and the ticket's nonce (§4.6.1). */
  public static byte[] ticketSecret(CipherSuite suite, byte[] resumptionMaster, byte[] nonce) {
    return Hkdf.of(suite).expandLabel(resumptionMaster, "resumption", nonce, suite.hashLength());
  }

  /** The hash of nothing; not to be changed. */
  static byte[] emptyHash(CipherSuite suite) {
    return EMPTY_HASHES.get(suite);
  }

  /** A fresh digest of the suite's hash. */
  public static MessageDigest digest(CipherSuite suite) {
    try {
      return MessageDigest.getInstance(suite.hashAlgorithm());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(suite.hashAlgorithm() + " is missing from this JDK", e);
    }
  }

  private void advance(byte[] inputKeyMaterial) {
    byte[] salt = derive("derived", emptyHash(suite));
    byte[] next = hkdf.extract(salt, inputKeyMaterial);
    Arrays.fill(secret, (byte) 0);
    Arrays.fill(salt, (byte) 0);
    secret = next;
  }
}
