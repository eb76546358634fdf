package dev.sluice.tls.message;

/**
 * The handshake messages of TLS 1.3 (RFC 8446 §4) with their codes, and the longest body taken of
 * each. The bounds keep a peer that has not yet authenticated from filling our memory; none is
 * reached by an honest handshake.
 */
public enum HandshakeType {
  /** Post-quantum shares, a ticket and many extensions take a few kilobytes. */
  CLIENT_HELLO(1, "ClientHello", 32_768),
  /** Has room for the largest key share and a cookie. */
  SERVER_HELLO(2, "ServerHello", 16_384),
  /** A ticket of up to 65535 bytes (RFC 8446 §4.6.1), though servers send a few hundred. */
  NEW_SESSION_TICKET(4, "NewSessionTicket", 66_560),
  /** Not used in QUIC (RFC 9001 §8.3). */
  END_OF_EARLY_DATA(5, "EndOfEarlyData", 0),
  /** Transport parameters and a protocol name. */
  ENCRYPTED_EXTENSIONS(8, "EncryptedExtensions", 16_384),
  /** Ten certificates with large keys and signatures. */
  CERTIFICATE(11, "Certificate", 131_072),
  /** The names of some hundreds of issuers. */
  CERTIFICATE_REQUEST(13, "CertificateRequest", 65_536),
  /** An RSA signature of 16384 bits has 2048 bytes. */
  CERTIFICATE_VERIFY(15, "CertificateVerify", 4_096),
  /** As long as the hash; 64 for the longest there is. */
  FINISHED(20, "Finished", 64),
  /** Not used in QUIC (RFC 9001 §6). */
  KEY_UPDATE(24, "KeyUpdate", 1),
  /** Never on the wire: stands for the first ClientHello in the transcript (RFC 8446 §4.4.1). */
  MESSAGE_HASH(254, "message_hash", 0);

  private final int code;
  private final String rfcName;
  private final int maxLength;

  HandshakeType(int code, String rfcName, int maxLength) {
    this.code = code;
    this.rfcName = rfcName;
    this.maxLength = maxLength;
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** The name in the RFC. */
  public String rfcName() {
    return rfcName;
  }

  /** The longest body taken, in bytes. */
  public int maxLength() {
    return maxLength;
  }

  /** The type with this code, or null when there is none. */
  public static HandshakeType of(int code) {
    for (HandshakeType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }
}
