package dev.sluice.quic.stream;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.flow.ReceiveWindow;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamData;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.trace.Footprint;
import java.util.Objects;

/**
 * The receiving part of a stream: its state machine (RFC 9000 §3.2), its buffer, its window, and
 * the frames that it writes.
 *
 * <p>What arrived is delivered before any ending. After a FIN, reading goes up to the final size;
 * after a reset, up to the first gap at the moment when the reset arrived, or to the reliable size
 * if that is more; after the end of the connection, up to the first gap. Where reading goes up to
 * is {@link #deliverTo}.
 */
final class RecvPart implements RecvStream, ControlQueue.Source {
  private static final long UNKNOWN = -1;

  /** The longest MAX_STREAM_DATA frame: a type of one byte, an id and a limit of eight. */
  private static final int MAX_STREAM_DATA_LENGTH = 17;

  private final long id;
  private final StreamContext context;
  private final Reassembler buffer;
  private final ReceiveWindow window;
  private RecvState state = RecvState.RECV;
  private StreamEnding ending;

  /** The highest offset that arrived: what this stream has used of both limits. */
  private long received;

  /** What of that was returned to the connection's window: read, or dropped. */
  private long returned;

  private long finalSize = UNKNOWN;

  /** Where delivery ends; unknown while neither FIN nor reset has come. */
  private long deliverTo = UNKNOWN;

  /** How a complete delivery ends: by FIN, or by the reset that came with a reliable size. */
  private StreamEnding whenDelivered = new StreamEnding.Finished();

  /** The application has been told that there is something, and hasn't read to the end of it. */
  private boolean announced;

  private ConnectionEnding connectionEnding;
  private long stopCode;
  private boolean stopped;
  private boolean stopPending;

  /** Some of it came under 0-RTT keys. */
  private boolean early;

  private boolean maxPending;
  private boolean controlQueued;

  /**
   * @param maxStreamData what we let the peer send on this stream at first
   */
  RecvPart(long id, long maxStreamData, StreamContext context) {
    this.id = id;
    this.context = context;
    this.window = new ReceiveWindow(maxStreamData, context.config.maxStreamWindow());
    this.buffer = new Reassembler(context.pool, Integer.MAX_VALUE);
  }

  // ---- the application's side ----

  @Override
  public long id() {
    return id;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      throw new IllegalArgumentException("a read of no bytes");
    }
    return delivered(buffer.read(target, offset, Math.min(length, available())));
  }

  @Override
  public int take(int most, Taker to) {
    if (most <= 0) {
      throw new IllegalArgumentException("a read of no bytes");
    }
    return delivered(buffer.take(Math.min(most, available()), to));
  }

  /** So many bytes have gone to the application; says what its call returns. */
  private int delivered(int n) {
    if (n > 0) {
      context.listener.taken(id, buffer.readOffset() - n, n);
      window.consume(n);
      giveBack(n);
      if (state == RecvState.RECV && connectionEnding == null && window.isUpdateDue()) {
        maxPending = true;
        context.control.add(this);
      }
      settle();
      return n;
    }
    settle();
    if (ending == null) {
      announced = false;
      return NOTHING_NOW;
    }
    if (state == RecvState.RESET_RECVD) {
      terminate(RecvState.RESET_READ);
    }
    return ENDED;
  }

  @Override
  public int available() {
    if (stopped) {
      return 0;
    }
    long end = buffer.contiguousEnd();
    if (deliverTo != UNKNOWN) {
      end = Math.min(end, deliverTo);
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, end - buffer.readOffset()));
  }

  @Override
  public long position() {
    return buffer.readOffset();
  }

  @Override
  public boolean isEarly() {
    return early;
  }

  @Override
  public long finalSize() {
    return finalSize;
  }

  @Override
  public StreamEnding ending() {
    return ending;
  }

  @Override
  public void stopSending(long applicationCode) {
    if (ending != null) {
      if (state == RecvState.RESET_RECVD) {
        terminate(RecvState.RESET_READ);
      }
      return;
    }
    stopped = true;
    stopCode = applicationCode;
    ending = new StreamEnding.AbandonedLocally(applicationCode);
    maxPending = false;
    buffer.discard();
    giveBack(received - returned);
    if (connectionEnding != null) {
      return;
    }
    if (state.awaitsData()) {
      stopPending = true;
      context.control.add(this);
    } else {
      terminate(state == RecvState.DATA_RECVD ? RecvState.DATA_READ : RecvState.RESET_READ);
    }
  }

  // ---- the peer's side ----

  /** STREAM. */
  void onData(StreamData frame, long now) {
    early |= context.early;
    long end = frame.end();
    checkSize(frame.type(), end, frame.fin());
    account(frame.type(), end, now);
    if (!state.awaitsData()) {
      return;
    }
    if (!buffer.insert(frame.offset(), frame.array(), frame.start(), wantedOf(frame))) {
      throw error(
          TransportError.INTERNAL_ERROR, frame.type(), "has too many gaps to keep track of");
    }
    if (frame.fin() && state == RecvState.RECV) {
      state = RecvState.SIZE_KNOWN;
      finalSize = end;
      deliverTo = end;
      maxPending = false;
    }
    if (stopped) {
      giveBack(received - returned);
    }
    onArrival();
  }

  /**
   * RESET_STREAM, or RESET_STREAM_AT.
   *
   * @param reliableSize the peer goes on sending up to this offset, 0 for RESET_STREAM
   *     (draft-ietf-quic-reliable-stream-reset §4)
   */
  void onReset(long frameType, long code, long size, long reliableSize, long now) {
    early |= context.early;
    checkSize(frameType, size, true);
    if (whenDelivered instanceof StreamEnding.ResetByPeer(long before) && before != code) {
      throw error(TransportError.STREAM_STATE_ERROR, frameType, "changes the code of a reset");
    }
    account(frameType, size, now);
    finalSize = size;
    maxPending = false;
    if (!state.awaitsData()) {
      // All data is here, and comes out with its own ending; or this is another copy (§3.2).
      return;
    }
    // What is in order already was delivered by the peer, and is the application's. A second reset
    // can only shorten what is still to come (reliable-stream-reset §5.2).
    long end = Math.max(reliableSize, buffer.contiguousEnd());
    deliverTo = deliverTo == UNKNOWN ? end : Math.min(deliverTo, end);
    whenDelivered = new StreamEnding.ResetByPeer(code);
    state = reliableSize == 0 ? RecvState.RESET_RECVD : RecvState.SIZE_KNOWN;
    // Of what is dropped the credit goes back at once, so that it must not stay in memory.
    if (state == RecvState.RESET_RECVD) {
      buffer.discardBeyondGap();
    } else {
      buffer.discardFrom(deliverTo);
    }
    // What will never be delivered counts as consumed (RFC 9000 §4.5).
    giveBack(stopped ? size - returned : buffer.readOffset() + size - deliverTo - returned);
    onArrival();
  }

  /** How many of the frame's bytes can still be delivered. */
  private int wantedOf(StreamData frame) {
    return deliverTo == UNKNOWN
        ? frame.length()
        : Math.clamp(deliverTo - frame.offset(), 0, frame.length());
  }

  /** The connection ended: nothing more arrives, and what is here stays readable. */
  void end(ConnectionEnding how) {
    connectionEnding = how;
    stopPending = false;
    maxPending = false;
    if (ending == null) {
      buffer.discardBeyondGap();
      settle();
      announce();
    }
  }

  /** Drops what is unread after the end of the connection; the ending is there at once. */
  void discardUnread() {
    buffer.discard();
    if (ending == null) {
      ending = new StreamEnding.ConnectionEnded(connectionEnding);
    }
  }

  RecvState state() {
    return state;
  }

  private void checkSize(long frameType, long end, boolean isFinal) {
    if (finalSize != UNKNOWN && (end > finalSize || isFinal && end != finalSize)) {
      throw error(
          TransportError.FINAL_SIZE_ERROR,
          frameType,
          "ends at " + end + " after the final size " + finalSize + " was given");
    }
    if (isFinal && end < received) {
      throw error(
          TransportError.FINAL_SIZE_ERROR,
          frameType,
          "gives the final size " + end + " after data up to " + received);
    }
  }

  private void account(long frameType, long end, long now) {
    if (end <= received) {
      return;
    }
    if (end > window.limit()) {
      throw error(
          TransportError.FLOW_CONTROL_ERROR,
          frameType,
          "reaches " + end + ", beyond the stream's limit " + window.limit());
    }
    long total = context.received + (end - received);
    if (total > context.connectionWindow.limit()) {
      throw error(
          TransportError.FLOW_CONTROL_ERROR,
          frameType,
          "brings the connection to "
              + total
              + ", beyond its limit "
              + context.connectionWindow.limit());
    }
    context.received = total;
    received = end;
    window.onReceived(now);
    context.connectionWindow.onReceived(now);
  }

  private TransportException error(TransportError error, long frameType, String what) {
    return new TransportException(
        error, frameType, FrameTypes.name(frameType) + " of stream " + id + " " + what);
  }

  // ---- from arrival to delivery ----

  /** New data or an end has come: moves the state on, and tells the application. */
  private void onArrival() {
    if (state == RecvState.SIZE_KNOWN && buffer.contiguousEnd() >= deliverTo) {
      state = RecvState.DATA_RECVD;
      stopPending = false;
    }
    if (stopped) {
      if (!state.awaitsData()) {
        stopPending = false;
        terminate(state == RecvState.DATA_RECVD ? RecvState.DATA_READ : RecvState.RESET_READ);
        // Whoever counts bytes has waited for the final size.
        context.listener.readable(this);
      }
      return;
    }
    settle();
    if (available() > 0 || ending != null) {
      announce();
    }
  }

  /** Once nothing is left to read and nothing can come, the ending is there. */
  private void settle() {
    if (ending != null || available() > 0) {
      return;
    }
    if (state == RecvState.DATA_RECVD) {
      ending = whenDelivered;
      terminate(RecvState.DATA_READ);
    } else if (state == RecvState.RESET_RECVD) {
      ending = whenDelivered;
    } else if (connectionEnding != null) {
      ending = new StreamEnding.ConnectionEnded(connectionEnding);
    }
  }

  private void announce() {
    if (!announced) {
      announced = true;
      context.listener.readable(this);
    }
  }

  private void terminate(RecvState terminal) {
    state = terminal;
    maxPending = false;
    buffer.discard();
    giveBack(received - returned);
    if (connectionEnding == null) {
      context.partDone.accept(id);
    }
  }

  private void giveBack(long bytes) {
    if (bytes > 0) {
      returned += bytes;
      context.connectionWindow.consume(bytes);
    }
  }

  // ---- control frames ----

  /** STOP_SENDING was lost: sent again while the peer may still be sending (§3.5). */
  void onStopSendingLost() {
    if (stopped && state.awaitsData() && connectionEnding == null) {
      stopPending = true;
      context.control.add(this);
    }
  }

  /** MAX_STREAM_DATA was lost: the limit as it is now is sent. */
  void onMaxStreamDataLost() {
    if (state == RecvState.RECV && !stopped && connectionEnding == null) {
      maxPending = true;
      context.control.add(this);
    }
  }

  @Override
  public boolean hasControl() {
    return (stopPending || maxPending) && !context.withholds(id);
  }

  /** The peer may permit the stream now. */
  void resume() {
    context.control.add(this);
  }

  @Override
  public boolean writeControl(PacketContents out, long now) {
    if (stopPending) {
      StopSendingFrame frame = new StopSendingFrame(id, stopCode);
      if (frame.encodedLength() > out.remaining()) {
        return false;
      }
      out.add(frame, new RecoveryToken.StopSending(id));
      stopPending = false;
    } else if (maxPending) {
      if (MAX_STREAM_DATA_LENGTH > out.remaining()) {
        return false;
      }
      long maximum = window.update(now, context.smoothedRtt);
      // One stream may not take up the whole connection: leave half as much for the others.
      // The connection's credit is renewed at another time than the stream's, so the window being
      // larger is not enough: what is left of it has to be.
      context.connectionWindow.growTo(window.size() + window.size() / 2);
      context.connectionWindow.wantAhead(window.size() + window.size() / 4);
      out.add(new MaxStreamDataFrame(id, maximum), new RecoveryToken.MaxStreamData(id));
      maxPending = false;
    }
    return true;
  }

  /** What waits to be read, or for a gap to close. */
  void measure(Footprint out) {
    window.measure("bytes of a stream", received, out);
    buffer.measure(window.maximum(), out);
  }

  long storage() {
    return buffer.storage();
  }

  @Override
  public boolean markQueued(boolean queued) {
    boolean before = controlQueued;
    controlQueued = queued;
    return before;
  }
}
