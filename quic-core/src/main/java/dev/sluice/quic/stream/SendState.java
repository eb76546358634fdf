package dev.sluice.quic.stream;

/** States of the sending part of a stream (RFC 9000 §3.1, figure 2). */
enum SendState {
  /** Nothing was sent yet. */
  READY,
  /** Data is sent, and sent again where it was lost. */
  SEND,
  /** The FIN, or RESET_STREAM_AT, was sent; data is only sent again. */
  DATA_SENT,
  /** Everything is acknowledged, or all that RESET_STREAM_AT promised. */
  DATA_RECVD,
  /** Reset: entered when RESET_STREAM is due, from when on no data is sent. */
  RESET_SENT,
  /** The reset is acknowledged. */
  RESET_RECVD;

  boolean isTerminal() {
    return this == DATA_RECVD || this == RESET_RECVD;
  }

  /** Whether a reset by either side still changes anything. */
  boolean canBeReset() {
    return this == READY || this == SEND || this == DATA_SENT;
  }
}
