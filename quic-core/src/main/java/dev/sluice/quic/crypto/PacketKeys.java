package dev.sluice.quic.crypto;

import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * The keys of one direction at one encryption level and, in 1-RTT, one key phase (RFC 9001 §5). An
 * object either seals or opens. Not safe for several threads.
 *
 * <p>To send: write the header and the payload, {@link #seal}, then {@link #protectHeader}. To
 * receive: {@link #unprotectHeader}, find the full packet number, then {@link #open}.
 */
public final class PacketKeys {

  /** How much longer ciphertext is than plaintext, with every suite (RFC 9001 §5.3). */
  public static final int TAG_LENGTH = 16;

  private static final int IV_LENGTH = 12;
  private static final byte[] NO_CONTEXT = {};
  private static final int NONE = -1;

  private final QuicVersion version;
  private final CipherSuite suite;
  private final AeadLimits limits;
  private final byte[] secret;
  private final ProtectionKey key;
  private final byte[] iv;
  private final HeaderProtection headerProtection;

  private final PacketCiphers ciphers;

  /** Taken with the first packet: the keys of the next phase may never see one. */
  private int place = NONE;

  private long lastSealed = NONE;

  private final byte[] nonce = new byte[IV_LENGTH];
  private final byte[] mask = new byte[HeaderProtection.SAMPLE_LENGTH];
  private boolean succeeded;
  private long sealed;
  private long failedOpens;

  private PacketKeys(
      QuicVersion version,
      CipherSuite suite,
      AeadLimits limits,
      byte[] secret,
      PacketCiphers ciphers,
      HeaderProtection headerProtection) {
    this.version = version;
    this.suite = suite;
    this.limits = limits;
    this.secret = secret;
    this.ciphers = ciphers;
    this.headerProtection = headerProtection;
    key =
        new ProtectionKey(
            isAes() ? "AES" : "ChaCha20-Poly1305",
            derive(version, ciphers.hkdf(suite), secret, "key", suite.keyLength()));
    iv = derive(version, ciphers.hkdf(suite), secret, "iv", IV_LENGTH);
  }

  /**
   * Keys from a traffic secret (RFC 9001 §5.1), with ciphers of their own.
   *
   * @param secret as TLS gives it; copied
   */
  public static PacketKeys of(QuicVersion version, CipherSuite suite, byte[] secret) {
    return of(version, suite, secret, new PacketCiphers(1));
  }

  /**
   * Keys that use the same ciphers as others, and so do the keys of later phases.
   *
   * @param secret as TLS gives it; copied
   * @param ciphers of the thread that these keys are used by
   */
  public static PacketKeys of(
      QuicVersion version, CipherSuite suite, byte[] secret, PacketCiphers ciphers) {
    return of(version, suite, secret, AeadLimits.of(suite), ciphers);
  }

  /**
   * The same with limits of one's own, for all phases.
   *
   * @param limits no higher than those of the suite
   */
  public static PacketKeys of(
      QuicVersion version, CipherSuite suite, byte[] secret, AeadLimits limits) {
    return of(version, suite, secret, limits, new PacketCiphers(1));
  }

  private static PacketKeys of(
      QuicVersion version,
      CipherSuite suite,
      byte[] secret,
      AeadLimits limits,
      PacketCiphers ciphers) {
    byte[] headerKey = derive(version, ciphers.hkdf(suite), secret, "hp", suite.keyLength());
    HeaderProtection headerProtection = new HeaderProtection(suite, headerKey, ciphers);
    return new PacketKeys(version, suite, limits, secret.clone(), ciphers, headerProtection);
  }

  private static byte[] derive(
      QuicVersion version, Hkdf hkdf, byte[] secret, String purpose, int length) {
    return hkdf.expandLabel(secret, version.label(purpose), NO_CONTEXT, length);
  }

  /**
   * The keys of the next key phase (RFC 9001 §6.1). The header key stays the same and is shared
   * with these keys, which remain usable.
   */
  public PacketKeys next() {
    succeeded = true;
    byte[] nextSecret = derive(version, ciphers.hkdf(suite), secret, "ku", suite.hashLength());
    return new PacketKeys(version, suite, limits, nextSecret, ciphers, headerProtection);
  }

  /**
   * Encrypts a payload where it stands and puts the tag after it, for which the buffer must have
   * {@link #TAG_LENGTH} bytes of room.
   *
   * @param headerStart the index of the packet's first byte
   * @param headerLength the length of the unprotected header, packet number included; the payload
   *     begins after it
   * @param payloadLength without the tag
   * @param packetNumber the full packet number, never the same one twice
   * @return the length of the ciphertext, tag included
   */
  public int seal(
      byte[] buffer, int headerStart, int headerLength, int payloadLength, long packetNumber) {
    int payload = headerStart + headerLength;
    try {
      Cipher cipher = initialisedToSeal(packetNumber);
      cipher.updateAAD(buffer, headerStart, headerLength);
      int length = cipher.doFinal(buffer, payload, payloadLength, buffer, payload);
      sealed++;
      return length;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("packet " + packetNumber + " cannot be sealed", e);
    }
  }

  /**
   * Decrypts a payload into another array. The packet stays as it was, so that other keys can be
   * tried when it does not authenticate, and a stateless reset can be told by its last 16 bytes.
   *
   * <p>Decrypting in place would be slower: the JDK leaves its AVX-512 routine aside then. It would
   * also spoil the packet before the tag turns out wrong.
   *
   * @param headerStart the index of the packet's first byte
   * @param headerLength the length of the header without its protection, packet number included
   * @param ciphertextLength from there to the end of the packet, tag included
   * @param packetNumber the full packet number
   * @param plaintext another array, which receives the payload from index 0 on; undefined when it
   *     does not authenticate
   * @return the length of the plaintext, -1 when it does not authenticate
   */
  public int open(
      byte[] buffer,
      int headerStart,
      int headerLength,
      int ciphertextLength,
      long packetNumber,
      byte[] plaintext) {
    if (ciphertextLength < TAG_LENGTH) {
      failedOpens++;
      return -1;
    }
    try {
      Cipher cipher = initialised(Cipher.DECRYPT_MODE, packetNumber);
      cipher.updateAAD(buffer, headerStart, headerLength);
      return cipher.doFinal(buffer, headerStart + headerLength, ciphertextLength, plaintext, 0);
    } catch (AEADBadTagException e) {
      failedOpens++;
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("packet " + packetNumber + " cannot be opened", e);
    }
  }

  /**
   * The JDK's cipher refuses to seal twice in a row with one key and nonce, which catches a mistake
   * of ours. It is none where another connection has the same Initial keys and the same place: its
   * client chose the same destination ID, and may have done so to disturb.
   */
  private Cipher initialisedToSeal(long packetNumber) throws GeneralSecurityException {
    boolean repeated = packetNumber == lastSealed;
    lastSealed = packetNumber;
    try {
      return initialised(Cipher.ENCRYPT_MODE, packetNumber);
    } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
      if (repeated) {
        throw e;
      }
      ciphers.drop(isAes(), place);
      return initialised(Cipher.ENCRYPT_MODE, packetNumber);
    }
  }

  private Cipher initialised(int mode, long packetNumber) throws GeneralSecurityException {
    if (place == NONE) {
      place = ciphers.place();
    }
    Cipher cipher = ciphers.aead(isAes(), place);
    cipher.init(mode, key, parameters(packetNumber));
    return cipher;
  }

  private boolean isAes() {
    return suite != CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
  }

  /** The nonce is the IV with the packet number on its low end (RFC 9001 §5.3). */
  private AlgorithmParameterSpec parameters(long packetNumber) {
    for (int i = 0; i < Integer.BYTES; i++) {
      nonce[i] = iv[i];
    }
    for (int i = 0; i < Long.BYTES; i++) {
      int at = IV_LENGTH - 1 - i;
      nonce[at] = (byte) (iv[at] ^ packetNumber >>> (8 * i));
    }
    return isAes() ? new GCMParameterSpec(8 * TAG_LENGTH, nonce) : new IvParameterSpec(nonce);
  }

  /**
   * Masks the first byte and the packet number of a sealed packet (RFC 9001 §5.4.1).
   *
   * @param start the index of the packet's first byte
   * @param packetNumberOffset the index of the packet number
   * @param packetNumberLength its length, 1 to 4; with the ciphertext there must be at least 20
   *     bytes from its index on (§5.4.2)
   */
  public void protectHeader(
      byte[] buffer, int start, int packetNumberOffset, int packetNumberLength) {
    headerProtection.mask(buffer, packetNumberOffset + HeaderProtection.SAMPLE_OFFSET, mask);
    applyMask(buffer, start, packetNumberOffset, packetNumberLength);
  }

  /**
   * Removes header protection in place. Nothing is authenticated yet: what the header says is known
   * to be the peer's word only after {@link #open}.
   *
   * @param start the index of the packet's first byte
   * @param packetNumberOffset the index of the packet number
   * @param end the index after the packet
   * @return the length of the packet number, -1 for a packet that is too short to sample, which is
   *     dropped (§5.4.2)
   */
  public int unprotectHeader(byte[] buffer, int start, int packetNumberOffset, int end) {
    int sample = packetNumberOffset + HeaderProtection.SAMPLE_OFFSET;
    if (sample + HeaderProtection.SAMPLE_LENGTH > end) {
      return -1;
    }
    headerProtection.mask(buffer, sample, mask);
    int firstByte = buffer[start] ^ mask[0] & FirstByte.protectedBits(buffer[start]);
    int packetNumberLength = FirstByte.packetNumberLength(firstByte);
    applyMask(buffer, start, packetNumberOffset, packetNumberLength);
    return packetNumberLength;
  }

  private void applyMask(byte[] buffer, int start, int packetNumberOffset, int packetNumberLength) {
    buffer[start] ^= (byte) (mask[0] & FirstByte.protectedBits(buffer[start]));
    for (int i = 0; i < packetNumberLength; i++) {
      buffer[packetNumberOffset + i] ^= mask[1 + i];
    }
  }

  /** The header protection of this direction, for masking many packets at once. */
  public HeaderProtection headerProtection() {
    return headerProtection;
  }

  /** The suite that the keys are for. */
  public CipherSuite suite() {
    return suite;
  }

  /** How many packets were sealed with these keys. */
  public long sealed() {
    return sealed;
  }

  /** How many packets did not authenticate with these keys. */
  public long failedOpens() {
    return failedOpens;
  }

  /** How many packets may be sealed with these keys (RFC 9001 §6.6). */
  public long confidentialityLimit() {
    return limits.confidentiality();
  }

  /**
   * How many packets of a connection may fail to authenticate, over all its keys (RFC 9001 §6.6).
   */
  public long integrityLimit() {
    return limits.integrity();
  }

  /**
   * Wipes what can be wiped; the object cannot be used any more. The header key goes with the last
   * generation only, since {@link #next()} shares it.
   */
  public void destroy() {
    Arrays.fill(secret, (byte) 0);
    Arrays.fill(iv, (byte) 0);
    key.destroy();
    if (!succeeded) {
      headerProtection.destroy();
    }
  }

  /** Names the suite and nothing secret. */
  @Override
  public String toString() {
    return "PacketKeys[" + suite + "]";
  }
}
