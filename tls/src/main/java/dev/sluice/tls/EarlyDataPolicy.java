package dev.sluice.tls;

import java.time.Duration;

/**
 * A server's last word on 0-RTT, after TLS itself has no objection (RFC 9001 §4.6.3): whether the
 * transport and the application can honour what the ticket promised, and whether this ClientHello
 * has been seen before (RFC 8446 §8).
 */
@FunctionalInterface
public interface EarlyDataPolicy {

  /** RFC 8446 §8.3: what clocks and round trips on the Internet ask for. */
  Duration USUAL_FRESHNESS = Duration.ofSeconds(10);

  /**
   * Whether to accept the early data of this connection.
   *
   * @param transportParameters the server's, as they were when the ticket was issued
   * @param applicationState what the server put into the ticket
   * @param replayKey identifies this ClientHello: its PSK binder, equal only for a replay (RFC 8446
   *     §8.2)
   */
  boolean accept(byte[] transportParameters, byte[] applicationState, byte[] replayKey);

  /**
   * How far the age that the client gives its ticket may differ from the server's own reckoning
   * (RFC 8446 §4.2.10); with a larger difference 0-RTT is rejected without asking.
   */
  default Duration freshness() {
    return USUAL_FRESHNESS;
  }
}
