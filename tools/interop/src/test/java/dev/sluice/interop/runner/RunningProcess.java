package dev.sluice.interop.runner;

import dev.sluice.peers.PeerProcess;

/** A process that is a server under way. */
record RunningProcess(PeerProcess process) implements Peer.Running {
  @Override
  public String output() {
    return process.output();
  }

  @Override
  public void close() {
    process.close();
  }
}
