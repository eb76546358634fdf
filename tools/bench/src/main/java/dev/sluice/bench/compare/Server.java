package dev.sluice.bench.compare;

import dev.sluice.peers.PeerProcess;

/**
 * A server that runs on the loopback interface.
 *
 * @param port where it, or a relay before it, is to be reached
 * @param ours whether it answers as {@code sluice perf server} does, its usage included
 */
record Server(PeerProcess process, int port, boolean ours) implements AutoCloseable {

  /** The same by way of another port. */
  Server by(int relay) {
    return new Server(process, relay, ours);
  }

  @Override
  public void close() {
    process.close();
  }
}
