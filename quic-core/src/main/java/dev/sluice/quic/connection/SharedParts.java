package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.PacketCiphers;
import dev.sluice.quic.stream.ChunkPool;
import dev.sluice.tls.KeyShareStock;

/**
 * What connections use in turn that one thread drives, all those of an event loop for example:
 * storage for the bytes of streams, ciphers, and room for the packet at hand. So a connection that
 * is idle holds none of it.
 */
public final class SharedParts {
  final ChunkPool chunks = new ChunkPool();
  final PacketCiphers ciphers = new PacketCiphers();
  final InboundPacket packet = new InboundPacket();
  final HeaderBatch received = new HeaderBatch();
  final HeaderBatch flight = new HeaderBatch();

  final KeyShareStock keyShares = new KeyShareStock();

  /** On the way from CRYPTO frames to TLS. */
  final byte[] handshakeBytes = new byte[4096];

  /** Key pairs for coming handshakes, which the thread may fill up when it has nothing to do. */
  public KeyShareStock keyShares() {
    return keyShares;
  }
}
