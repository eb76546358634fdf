package dev.sluice.quic.crypto;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import java.util.Arrays;

/**
 * The keys of Initial packets (RFC 9001 §5.2). Anyone who sees the client's first packet can
 * compute them: they keep out accidents and blind attackers, nobody else. A Retry changes them,
 * since the client's next Initial goes to another connection ID.
 */
public final class InitialKeys {
  private static final CipherSuite SUITE = CipherSuite.TLS_AES_128_GCM_SHA256;
  private static final byte[] NO_CONTEXT = {};

  private InitialKeys() {}

  /**
   * The keys for what the client sends.
   *
   * @param destination the Destination Connection ID of the client's first Initial, or of its first
   *     after a Retry
   */
  public static PacketKeys client(QuicVersion version, ConnectionId destination) {
    return client(version, destination, new PacketCiphers(1));
  }

  /** The same with ciphers that other keys use as well. */
  public static PacketKeys client(
      QuicVersion version, ConnectionId destination, PacketCiphers ciphers) {
    return keys(version, destination, "client in", ciphers);
  }

  /** The keys for what the server sends; the connection ID is the same as the client's. */
  public static PacketKeys server(QuicVersion version, ConnectionId destination) {
    return server(version, destination, new PacketCiphers(1));
  }

  /** The same with ciphers that other keys use as well. */
  public static PacketKeys server(
      QuicVersion version, ConnectionId destination, PacketCiphers ciphers) {
    return keys(version, destination, "server in", ciphers);
  }

  private static PacketKeys keys(
      QuicVersion version, ConnectionId destination, String label, PacketCiphers ciphers) {
    Hkdf hkdf = ciphers.hkdf(SUITE);
    byte[] initialSecret = hkdf.extract(version.initialSalt(), destination.toArray());
    byte[] secret = hkdf.expandLabel(initialSecret, label, NO_CONTEXT, SUITE.hashLength());
    PacketKeys keys = PacketKeys.of(version, SUITE, secret, ciphers);
    Arrays.fill(initialSecret, (byte) 0);
    Arrays.fill(secret, (byte) 0);
    return keys;
  }
}
