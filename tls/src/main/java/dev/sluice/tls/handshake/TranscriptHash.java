package dev.sluice.tls.handshake;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.wire.TlsWriter;
import java.security.MessageDigest;

/**
 * The hash of all handshake messages so far (RFC 8446 §4.4.1). Which hash it is comes to light with
 * the cipher suite; a client has one message to remember until then.
 */
public final class TranscriptHash {
  private byte[] waiting;
  private CipherSuite suite;
  private MessageDigest digest;

  /** Adds a whole message. */
  public void add(byte[] message) {
    if (digest == null) {
      // Whoever sends it may do with the array as he likes.
      waiting = message.clone();
    } else {
      digest.update(message);
    }
  }

  /** The suite is known now, or known again after a HelloRetryRequest. */
  public void start(CipherSuite negotiated) {
    if (digest == null) {
      suite = negotiated;
      digest = KeySchedule.digest(negotiated);
      if (waiting != null) {
        digest.update(waiting);
        waiting = null;
      }
    }
  }

  /**
   * Puts the hash of the first ClientHello in its place, because a HelloRetryRequest follows: a
   * server that keeps no state can carry the hash in its cookie.
   */
  public void replaceByMessageHash() {
    byte[] hash = digest.digest();
    digest.update(new TlsWriter().u8(HandshakeType.MESSAGE_HASH.code()).vector24(hash).toBytes());
  }

  /** The hash of what has been added. */
  public byte[] hash() {
    return snapshot().digest();
  }

  /** The hash of what has been added and the beginning of one more message, which is not added. */
  public byte[] hashWith(byte[] message, int length) {
    MessageDigest copy = snapshot();
    copy.update(message, 0, length);
    return copy.digest();
  }

  /** The suite whose hash it is, or null. */
  public CipherSuite suite() {
    return suite;
  }

  private MessageDigest snapshot() {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the digest of this JDK cannot be cloned", e);
    }
  }
}
