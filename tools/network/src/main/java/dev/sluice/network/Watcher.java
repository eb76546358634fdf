package dev.sluice.network;

/**
 * Sees every datagram of a simulation ({@link Simulation#watch}) or of a {@link Relay} twice,
 * unless it is lost: for invariants over what is sent. The bytes are not to be changed.
 */
public interface Watcher {

  /**
   * A node sent a datagram; what becomes of it is not known yet.
   *
   * @param now the simulation's time, {@link System#nanoTime} at a relay
   * @param datagram with number 0: it is on no link yet
   */
  default void sent(long now, Datagram datagram) {}

  /**
   * A datagram is about to be given to the node that it is for.
   *
   * @param now the simulation's time, {@link System#nanoTime} at a relay
   */
  default void arrived(long now, Datagram datagram) {}
}
