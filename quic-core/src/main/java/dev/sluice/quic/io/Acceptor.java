package dev.sluice.quic.io;

/** Decides what runs on a connection that a peer opened. */
@FunctionalInterface
public interface Acceptor {

  /**
   * A peer opened a connection; its handshake goes on. Called on the loop's thread.
   *
   * @return what gets its events
   */
  ConnectionListener accept(LoopConnection connection);
}
