package dev.sluice.tls;

import java.time.Instant;

/**
 * Turns a server's session state into the opaque ticket that the client brings back (RFC 8446
 * §4.6.1, RFC 5077 §4). One protector serves all connections of a server, from any thread.
 */
public interface TicketProtector {
  /**
   * Encrypts and authenticates.
   *
   * @param state readable by nobody else; not kept
   * @return the ticket
   */
  byte[] protect(byte[] state, Instant now);

  /** The state of a ticket, or null when it is not ours, was altered, or its key is gone. */
  byte[] open(byte[] ticket, Instant now);
}
