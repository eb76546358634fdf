package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.stream.ChunkPool;
import java.util.random.RandomGenerator;

/**
 * What the connections of one endpoint use in turn, since one thread drives them all: storage for
 * the bytes of streams, room for the packet at hand, randomness. So a connection that is idle holds
 * none of it.
 */
public final class SharedParts {
  final RandomGenerator random;
  final ChunkPool chunks = new ChunkPool();
  final InboundPacket packet = new InboundPacket();
  final HeaderBatch received = new HeaderBatch();
  final HeaderBatch flight = new HeaderBatch();

  /** On the way from CRYPTO frames to TLS. */
  final byte[] handshakeBytes = new byte[4096];

  /**
   * @param random cryptographically secure outside of tests
   */
  public SharedParts(RandomGenerator random) {
    this.random = random;
  }
}
