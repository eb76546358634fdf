package dev.sluice.quic.stream;

import dev.sluice.quic.ending.StreamEnding;

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

  /** The peer does not understand RESET_STREAM_AT: whatever was to be reset so is reset wholly. */
  void promiseNothing() {
    if (send != null && send.ending() instanceof StreamEnding.AbandonedLocally(long code)) {
      send.reset(code);
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
