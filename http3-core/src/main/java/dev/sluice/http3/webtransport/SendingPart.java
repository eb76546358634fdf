package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Priority;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/** The sending part of a session's stream. */
public final class SendingPart {
  private final WebTransportSession session;
  private final SessionStream stream;
  private final SendStream out;
  private final int headerLength;
  // What of the header QUIC had no room for yet.
  private byte[] header;

  private long written;
  private boolean roomWanted;
  private boolean finished;
  private boolean cutByEnd;
  private SessionStreamEnding ending;

  /**
   * @param header what ties the stream to its session; empty when the peer has sent it
   */
  SendingPart(WebTransportSession session, SessionStream stream, SendStream out, byte[] header) {
    this.session = session;
    this.stream = stream;
    this.out = out;
    this.header = header;
    this.headerLength = header.length;
    Priority priority = session.priority();
    out.setPriority(priority.urgency(), true);
    flushHeader();
  }

  private boolean flushHeader() {
    if (header.length > 0) {
      int taken = out.write(header, 0, header.length);
      header = Arrays.copyOfRange(header, taken, header.length);
    }
    return header.length == 0;
  }

  /**
   * Sends bytes as far as there is room, in the stream and within the session's limit (§5.4).
   *
   * @return how many bytes were taken; when fewer than {@code length}, a Writable event follows
   *     unless the part is over
   * @throws IllegalStateException after {@link #finish()}
   */
  public int write(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    return send(length, allowed -> out.write(source, offset, allowed));
  }

  /** The same without copying, on the contract of {@link SendStream#adopt}. */
  public int adopt(byte[] array, int offset, int length, ReturnedChunks home) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return send(
        length, allowed -> out.adopt(array, offset, allowed, allowed == length ? home : null));
  }

  /**
   * @param way takes as many bytes as the session's limit allows, and says how many the stream took
   */
  private int send(int length, IntUnaryOperator way) {
    if (isOver() && !finished || cutByEnd) {
      return 0;
    }
    if (finished) {
      throw new IllegalStateException("stream " + stream.id() + " was finished");
    }
    if (length == 0) {
      return 0;
    }
    if (!flushHeader()) {
      roomWanted = true;
      return 0;
    }
    PeerLimit limit = session.flow().peerData();
    int allowed = (int) Math.min(length, limit.credit());
    int taken = allowed > 0 ? way.applyAsInt(allowed) : 0;
    written += taken;
    limit.use(taken);
    roomWanted = taken < length;
    if (taken == allowed && allowed < length) {
      session.onDataBlocked(this);
    }
    return taken;
  }

  /** Bytes that {@link #write} would take at once. */
  public int writable() {
    boolean open = !isOver() && !finished && !cutByEnd && header.length == 0;
    return open ? (int) Math.min(out.writable(), session.flow().peerData().credit()) : 0;
  }

  /** Ends the stream after what was written. */
  public void finish() {
    if (!isOver() && !finished) {
      finished = true;
      roomWanted = false;
      if (flushHeader()) {
        out.finish();
      }
    }
  }

  /**
   * Abandons what was written and has not arrived. The peer still learns which session the stream
   * belonged to, if it understands RESET_STREAM_AT (§4.4).
   *
   * @param code 0 to 2^32-1
   */
  public void reset(long code) {
    long httpCode = StreamCodes.toHttp(requireCode(code));
    if (!isOver()) {
      resetQuic(httpCode);
      over(new SessionStreamEnding.Abandoned(code));
    }
  }

  static long requireCode(long code) {
    if (code < 0 || code > 0xffff_ffffL) {
      throw new IllegalArgumentException("a stream's code has 32 bits: " + code);
    }
    return code;
  }

  private void resetQuic(long httpCode) {
    if (header.length > 0) {
      out.reset(httpCode);
    } else {
      out.resetAt(httpCode, headerLength);
    }
  }

  /**
   * The order in which streams share the connection: lower urgency first, incremental ones of one
   * urgency taking turns. At first it is the session's urgency, and incremental.
   */
  public void setPriority(Priority priority) {
    out.setPriority(priority.urgency(), priority.incremental());
  }

  /** How it ended; null while anything may still be sent or waits for its acknowledgement. */
  public SessionStreamEnding ending() {
    return ending;
  }

  boolean isOver() {
    return ending != null;
  }

  /** Body bytes that were put into packets, each counted once. */
  long sent() {
    return Math.max(0, out.sent() - headerLength);
  }

  // What the transport and the session tell

  /** The peer's stream was just announced; QUIC may have had word of its end before. */
  void onOpened() {
    if (out.ending() instanceof StreamEnding.StoppedByPeer(long httpCode)) {
      onStopped(httpCode);
    }
  }

  /**
   * There is room in the stream, or credit in the session; for want of the other one waits on. A
   * write that finds no room has QUIC say when there is some.
   */
  void onWritable() {
    if (isOver() || cutByEnd || !flushHeader()) {
      return;
    }
    if (finished) {
      out.finish();
    } else if (roomWanted && session.flow().peerData().credit() == 0) {
      session.onDataBlocked(this);
    } else if (roomWanted) {
      roomWanted = false;
      session.emit(new WebTransportEvent.Writable(stream));
    }
  }

  /** STOP_SENDING. */
  void onStopped(long httpCode) {
    if (isOver()) {
      return;
    }
    if (httpCode == Http3Error.WT_SESSION_GONE.code()) {
      // The session's own end is on its way, and says more.
      cutByEnd = true;
      return;
    }
    long code = StreamCodes.fromHttp(httpCode);
    over(
        code == StreamCodes.NONE
            ? new SessionStreamEnding.AbortedWithoutCode(httpCode)
            : new SessionStreamEnding.Stopped(code));
    session.emit(new WebTransportEvent.SendEnded(stream));
  }

  /** All of it was acknowledged, or the reset that QUIC has answered STOP_SENDING with. */
  void onCompleted() {
    if (!isOver() && out.ending() instanceof StreamEnding.Finished) {
      ending = new SessionStreamEnding.Finished();
      session.emit(new WebTransportEvent.SendEnded(stream));
      session.onPartOver(stream);
    }
  }

  void onSessionEnded(SessionEnding how) {
    if (!isOver()) {
      resetQuic(Http3Error.WT_SESSION_GONE.code());
      ending = new SessionStreamEnding.SessionEnded(how);
      session.emit(new WebTransportEvent.SendEnded(stream));
    }
  }

  private void over(SessionStreamEnding how) {
    ending = how;
    // What was never sent is not in the peer's count either (§5.4).
    session.flow().peerData().giveBack(written - sent());
    session.onPartOver(stream);
    session.streams().wakeBlocked();
  }
}
