package dev.sluice.quic.crypto;

import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.tls.CipherSuite;

/**
 * How often a key may be used (RFC 9001 §6.6).
 *
 * @param confidentiality packets that may be sealed with one key before it must be updated
 * @param integrity packets that may fail to authenticate, over all keys of a connection, before the
 *     connection must end with AEAD_LIMIT_REACHED
 */
public record AeadLimits(long confidentiality, long integrity) {

  /** The limits of a cipher suite. */
  public static AeadLimits of(CipherSuite suite) {
    return switch (suite) {
      case TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384 -> new AeadLimits(1L << 23, 1L << 52);
      // Sealing is limited by nothing but the number of packet numbers.
      case TLS_CHACHA20_POLY1305_SHA256 -> new AeadLimits(PacketNumber.MAX, 1L << 36);
    };
  }
}
