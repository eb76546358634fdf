package dev.sluice.quic.ending;

/** How one direction of a stream ended. */
public sealed interface StreamEnding {

  /** The sender's FIN: every byte was delivered (receiving) or acknowledged (sending). */
  record Finished() implements StreamEnding {}

  /** RESET_STREAM from the peer, with its application error code (RFC 9000 §19.4). */
  record ResetByPeer(long code) implements StreamEnding {}

  /** Sending only: STOP_SENDING from the peer, which the stream answered with a reset (§19.5). */
  record StoppedByPeer(long code) implements StreamEnding {}

  /** This side reset what it was sending, or asked the peer to stop and reads no more. */
  record AbandonedLocally(long code) implements StreamEnding {}

  /** The connection ended first. */
  record ConnectionEnded(ConnectionEnding ending) implements StreamEnding {}
}
