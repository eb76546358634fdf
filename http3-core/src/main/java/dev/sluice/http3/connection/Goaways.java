package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.wire.VarInt;

/** What was said with GOAWAY in both directions (RFC 9114 §5.2). */
final class Goaways {
  /** Nothing was said. */
  static final long NONE = -1;

  private final boolean client;
  private long sent = NONE;
  private boolean sentFinal;
  private long received = NONE;

  Goaways(boolean client) {
    this.client = client;
  }

  /** The id of the first step: a client's covers every push, a server's every request. */
  long largest() {
    return client ? VarInt.MAX : VarInt.MAX - 3;
  }

  /** Notes what is sent; the ids of both steps can only fall. */
  void send(long id, boolean isFinal) {
    sent = id;
    sentFinal |= isFinal;
  }

  /**
   * Checks and notes what was received.
   *
   * @return whether it says anything new
   * @throws ConnectionErrorException H3_ID_ERROR when the id grew, or is not one of the kind it
   *     must be
   */
  boolean receive(long id) {
    if (client && (id & 3) != 0) {
      throw new ConnectionErrorException(
          Http3Error.H3_ID_ERROR, "GOAWAY: " + id + " is not the id of a request stream");
    }
    if (received != NONE && id > received) {
      throw new ConnectionErrorException(
          Http3Error.H3_ID_ERROR, "GOAWAY: the id grew from " + received + " to " + id);
    }
    boolean news = id != received;
    received = id;
    return news;
  }

  boolean isSent() {
    return sent != NONE;
  }

  /** Whether the second step, or the only one, was sent. */
  boolean isFinalSent() {
    return sentFinal;
  }

  boolean isReceived() {
    return received != NONE;
  }

  /** Server: whether a request comes too late. */
  boolean rejects(long requestId) {
    return sent != NONE && requestId >= sent;
  }
}
