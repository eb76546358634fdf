package dev.sluice.quic.stream;

/** States of the receiving part of a stream (RFC 9000 §3.2, figure 3). */
enum RecvState {
  /** Data arrives; its end is not known. */
  RECV,
  /** The final size is known, and data is missing. */
  SIZE_KNOWN,
  /** All data has arrived and waits to be read. */
  DATA_RECVD,
  /** All data has been read. */
  DATA_READ,
  /** The peer has reset the stream; the application hasn't been told. */
  RESET_RECVD,
  /** The application has been told of the reset. */
  RESET_READ;

  boolean isTerminal() {
    return this == DATA_READ || this == RESET_READ;
  }

  /** Whether the peer may still send something of use, so that asking it to stop makes sense. */
  boolean awaitsData() {
    return this == RECV || this == SIZE_KNOWN;
  }
}
