package dev.sluice.tls;

import java.time.Duration;

/**
 * Makes sure that a server accepts each 0-RTT handshake at most once (RFC 8446 §8). One guard
 * serves all connections of a server, from any thread. {@link dev.sluice.tls.psk.StrikeRegister} is
 * the one for a server of one process; a fleet whose members open each other's tickets either
 * accepts one replay for each member, or shares a guard of its own making.
 */
public interface ReplayGuard {

  /**
   * Whether a handshake was not seen before; it is from now on. Must answer at once, and says no
   * when in doubt: that costs the client a round trip and nothing else.
   *
   * @param replayKey equal only for a replay: the PSK binder, which is validated (RFC 8446 §8.2)
   */
  boolean admit(byte[] replayKey);

  /**
   * How far a client's idea of its ticket's age may be off (RFC 8446 §8.3). The guard has to
   * remember a handshake for twice as long: it may come early by this much, and be replayed until
   * it is late by this much.
   */
  Duration freshness();
}
