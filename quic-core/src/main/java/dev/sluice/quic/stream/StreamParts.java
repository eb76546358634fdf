package dev.sluice.quic.stream;

/**
 * A stream: its id and the parts that exist at this end.
 *
 * @param send null when only the peer sends
 * @param recv null when only this end sends
 */
record StreamParts(long id, SendPart send, RecvPart recv) {

  /** The peer may permit the stream now, which it did not before. */
  void resume() {
    if (send != null) {
      send.resume();
    }
    if (recv != null) {
      recv.resume();
    }
  }

  /** Whether everything was received and sent, and only acknowledgments are to come. */
  boolean isAnswered() {
    return send != null
        && send.state() == SendState.DATA_SENT
        && (recv == null || recv.state().isTerminal());
  }

  /** Whether both parts are in terminal states, so that the stream can be forgotten (§3.4). */
  boolean isClosed() {
    return (send == null || send.state().isTerminal())
        && (recv == null || recv.state().isTerminal());
  }
}
