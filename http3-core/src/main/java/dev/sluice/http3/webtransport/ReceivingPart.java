package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.RecvStream;
import java.util.Objects;

/**
 * The receiving part of a session's stream. What arrived before the session ended comes out first,
 * in order, and only then the ending.
 */
public final class ReceivingPart {
  /** {@link #read} has nothing at present; a Readable event follows. */
  public static final int NOTHING_NOW = 0;

  /** {@link #read} will never give another byte; {@link #ending()} says why. */
  public static final int ENDED = -1;

  private static final byte[] NONE = {};

  private final WebTransportSession session;
  private final SessionStream stream;
  private final RecvStream in;
  private final long headerLength;

  // Body bytes that the session's limit was charged with, and those that it got back.
  private long charged;
  private long released;
  private boolean armed = true;

  // What had arrived when the session ended.
  private byte[] rest = NONE;
  private int restFrom;
  private SessionStreamEnding afterRest;
  private SessionStreamEnding ending;

  /**
   * @param in behind the header
   * @param headerLength how many bytes of it that was; 0 for a stream that this side opened
   */
  ReceivingPart(
      WebTransportSession session, SessionStream stream, RecvStream in, long headerLength) {
    this.session = session;
    this.stream = stream;
    this.in = in;
    this.headerLength = headerLength;
  }

  /**
   * Copies bytes out, in order.
   *
   * @param length at least 1
   * @return the number of bytes, {@link #NOTHING_NOW} or {@link #ENDED}
   */
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (isQuicOver()) {
      int from = restFrom;
      int taken = takeRest(length);
      if (taken > 0) {
        System.arraycopy(rest, from, target, offset, taken);
      }
      return taken;
    }
    return taken(in.read(target, offset, length));
  }

  /** The same without copying; see {@link RecvStream#take}. */
  public int take(int most, RecvStream.Taker to) {
    if (isQuicOver()) {
      int from = restFrom;
      int taken = takeRest(most);
      if (taken > 0) {
        to.take(rest, from, taken, null);
      }
      return taken;
    }
    return taken(in.take(most, to));
  }

  /** Whether what there is to read, if anything, is not in the QUIC stream any more. */
  private boolean isQuicOver() {
    if (!isOver()) {
      charge(); // which may end the session
    }
    return isOver();
  }

  private int taken(int read) {
    if (read > 0) {
      session.onRead(read);
      release();
      return read;
    }
    if (read == RecvStream.ENDED) {
      SessionStreamEnding how = endingOf(in.ending());
      if (how != null) {
        over(how);
        return ENDED;
      }
    }
    armed = true;
    return NOTHING_NOW;
  }

  private int takeRest(int most) {
    int taken = Math.min(most, rest.length - restFrom);
    if (ending == null && taken > 0) {
      restFrom += taken;
      session.onRead(taken);
      return taken;
    }
    rest = NONE;
    restFrom = 0;
    ending = ending == null ? afterRest : ending;
    return ENDED;
  }

  /** Bytes that {@link #read} is certain to give at once. */
  public int available() {
    if (ending != null) {
      return 0;
    }
    return afterRest != null ? rest.length - restFrom : in.available();
  }

  /**
   * Reads no more: drops what has arrived, and asks the peer to stop.
   *
   * @param code 0 to 2^32-1
   */
  public void stop(long code) {
    long httpCode = StreamCodes.toHttp(SendingPart.requireCode(code));
    if (ending == null) {
      rest = NONE;
      charge();
      if (afterRest == null) {
        in.stopSending(httpCode);
        over(new SessionStreamEnding.Abandoned(code));
      } else {
        ending = new SessionStreamEnding.Abandoned(code);
      }
    }
  }

  /** How it ended; null until {@link #read} has returned ENDED. */
  public SessionStreamEnding ending() {
    return ending;
  }

  boolean isOver() {
    return ending != null || afterRest != null;
  }

  // What the transport and the session tell

  /** The stream was just announced, and QUIC may have nothing more to say about it. */
  void onOpened() {
    if (in.available() > 0 || in.read(new byte[1], 0, 1) == RecvStream.ENDED) {
      onReadable();
    }
  }

  void onReadable() {
    charge();
    if (isOver()) {
      session.sendUpdates(); // its final size may be what came
    } else {
      tell();
    }
  }

  private void tell() {
    if (armed) {
      armed = false;
      session.emit(new WebTransportEvent.Readable(stream));
    }
  }

  /** Charges the session with what has arrived since (§5.4). */
  private void charge() {
    long arrived = in.position() - headerLength + in.available();
    if (in.finalSize() >= 0) {
      arrived = in.finalSize() - headerLength;
    }
    if (arrived > charged) {
      long more = arrived - charged;
      charged = arrived;
      session.onReceived(more);
    }
  }

  private void release() {
    session.flow().ownData().release(in.position() - headerLength - released);
    released = in.position() - headerLength;
    session.sendUpdates();
  }

  /**
   * The final size of a stream that nobody reads any more may become known late.
   *
   * @return whether it is
   */
  boolean settle() {
    charge();
    session.flow().ownData().release(charged - released);
    released = charged;
    return in.finalSize() >= 0;
  }

  /** The session has ended; the peer's own end of it may have been seen on this stream before. */
  void onSessionEnded(SessionEnding how) {
    if (isOver()) {
      return;
    }
    SessionStreamEnding ended = new SessionStreamEnding.SessionEnded(how);
    byte[] arrived = new byte[in.available()];
    int length = 0;
    while (length < arrived.length) {
      length += in.read(arrived, length, arrived.length - length);
    }
    rest = arrived;
    SessionStreamEnding own =
        in.read(new byte[1], 0, 1) == RecvStream.ENDED ? endingOf(in.ending()) : null;
    afterRest = own == null ? ended : own;
    in.stopSending(Http3Error.WT_SESSION_GONE.code());
    tell();
  }

  /** What the end of the QUIC stream means; null when the session's end will say it. */
  private static SessionStreamEnding endingOf(StreamEnding quic) {
    return switch (quic) {
      case StreamEnding.Finished finished -> new SessionStreamEnding.Finished();
      case StreamEnding.ResetByPeer(long httpCode) -> {
        if (httpCode == Http3Error.WT_SESSION_GONE.code()) {
          yield null;
        }
        long code = StreamCodes.fromHttp(httpCode);
        yield code == StreamCodes.NONE
            ? new SessionStreamEnding.AbortedWithoutCode(httpCode)
            : new SessionStreamEnding.Reset(code);
      }
      case StreamEnding.ConnectionEnded lost -> null;
      case StreamEnding.AbandonedLocally abandoned -> null;
      case StreamEnding.StoppedByPeer stopped -> null;
    };
  }

  private void over(SessionStreamEnding how) {
    ending = how;
    session.onReceivingOver(this, stream);
  }
}
