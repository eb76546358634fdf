package dev.sluice.network;

/**
 * Sees every datagram of a simulation twice, unless it is lost: for invariants over what nodes send
 * ({@link Simulation#watch}). The bytes are not to be changed.
 */
public interface Watcher {

  /**
   * A node sent a datagram; what becomes of it is not known yet.
   *
   * @param now the simulation's time
   * @param datagram with number 0: it is on no link yet
   */
  default void sent(long now, Datagram datagram) {}

  /**
   * A datagram is about to be given to the node that it is for.
   *
   * @param now the simulation's time
   */
  default void arrived(long now, Datagram datagram) {}
}
