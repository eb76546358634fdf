package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;

/**
 * A stream that the peer opened, on its way to its session.
 *
 * @param send null for a unidirectional stream
 */
record IncomingStream(RecvStream recv, SendStream send) {

  boolean isBidirectional() {
    return send != null;
  }

  /** No session will take it. */
  void refuse(Http3Error error) {
    recv.stopSending(error.code());
    if (send != null) {
      send.reset(error.code());
    }
  }
}
