package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.PacketCiphers;
import dev.sluice.quic.stream.ChunkPool;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.tls.KeyShareStock;

/**
 * What connections use in turn that one thread drives, all those of an event loop for example:
 * storage for the bytes of streams, ciphers, and room for the packet at hand. So a connection that
 * is idle holds none of it.
 */
public final class SharedParts {
  final ChunkPool chunks;
  final PacketCiphers ciphers = new PacketCiphers();
  final InboundPacket packet = new InboundPacket();
  final HeaderBatch received = new HeaderBatch();
  final HeaderBatch flight = new HeaderBatch();

  final KeyShareStock keyShares = new KeyShareStock();

  /** On the way from CRYPTO frames to TLS. */
  final byte[] handshakeBytes = new byte[4096];

  /** For connections whose streams are read on the thread that drives them. */
  public SharedParts() {
    this(null);
  }

  /**
   * @param returned where memory of streams comes back to that others have read from; null for
   *     nowhere
   */
  public SharedParts(ReturnedChunks returned) {
    this.chunks = new ChunkPool(returned);
  }

  /** Key pairs for coming handshakes, which the thread may fill up when it has nothing to do. */
  public KeyShareStock keyShares() {
    return keyShares;
  }

  /** Ciphers for the keys of packets. */
  public PacketCiphers ciphers() {
    return ciphers;
  }
}
