package dev.sluice.quic.connection;

/** What becomes of a connection's 0-RTT (RFC 9001 §4.6). */
public enum EarlyDataState {
  /** None was offered, or the server has not heard of it yet. */
  NONE,

  /** Client: what is sent now goes out as 0-RTT, and the server has not decided about it. */
  OFFERED,

  /** The server takes it. */
  ACCEPTED,

  /**
   * The server refused it. What the client sent early it sends again once the handshake permits.
   */
  REJECTED
}
