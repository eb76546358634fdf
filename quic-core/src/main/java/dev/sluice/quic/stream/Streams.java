package dev.sluice.quic.stream;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.flow.OpenCredit;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamData;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.trace.Footprint;

/**
 * All streams of a connection (RFC 9000 §2 to §4): takes the frames that concern streams, writes
 * those that are due, and hears which of them arrived. Used on the thread that owns the connection.
 */
public final class Streams {
  private final StreamContext context;
  private final ConnectionControl control;
  private final StreamTable table;
  private boolean ended;

  /** Streams with chunks of their own; see the other constructor. */
  public Streams(boolean client, StreamConfig local, StreamListener listener) {
    this(client, local, listener, new ChunkPool());
  }

  /**
   * @param client whether this end opened the connection
   * @param local our limits, as our transport parameters state them
   * @param listener told what happens; see its rule on calling back
   * @param pool storage, which connections of the same thread may share
   */
  public Streams(boolean client, StreamConfig local, StreamListener listener, ChunkPool pool) {
    this.context = new StreamContext(local, listener, pool, this::onPartDone, this::onAllSent);
    this.control = new ConnectionControl(context);
    this.table = new StreamTable(client, context, control);
  }

  /** The peer's limits, from its transport parameters. Limits only grow by it. */
  public void onPeerLimits(StreamLimits peer) {
    if (context.connectionCredit.raise(peer.maxData())) {
      context.scheduler.onConnectionCredit();
    }
    table.onPeerLimits(peer);
    raiseStreams(true, peer.maxStreamsBidi());
    raiseStreams(false, peer.maxStreamsUni());
  }

  /**
   * Whether the peer understands RESET_STREAM_AT, from its transport parameters. It may not any
   * more, where 0-RTT was refused.
   */
  public void onPeerResetAt(boolean supported) {
    context.peerResetAt = supported;
    for (StreamParts stream : table.all()) {
      if (!supported) {
        stream.promiseNothing();
      }
    }
  }

  /** Whether the frames that follow were protected with 0-RTT keys. */
  public void setEarly(boolean early) {
    context.early = early;
  }

  /**
   * 0-RTT was refused: the limits that were remembered do not hold, and nothing that was sent under
   * them has been received. Streams keep their ids and what was written to them, and send all of it
   * again as soon as the peer's own limits permit.
   */
  public void restart() {
    context.connectionCredit.restart();
    control.openBidi.restart();
    control.openUni.restart();
    context.peerResetAt = false;
    context.withheld =
        id -> StreamId.isClientInitiated(id) && StreamId.index(id) >= openCredit(id).limit();
    table.onPeerLimits(StreamLimits.NONE);
    for (StreamParts stream : table.all()) {
      if (stream.send() != null) {
        stream.send().restart();
      }
    }
  }

  private OpenCredit openCredit(long id) {
    return control.open(StreamId.isBidirectional(id));
  }

  /** More streams are permitted: some may be among those that were opened too early. */
  private void releaseWithheld() {
    boolean all = true;
    for (StreamParts stream : table.all()) {
      boolean still = context.withholds(stream.id());
      all &= !still;
      if (!still) {
        stream.resume();
      }
    }
    context.withheld = all ? null : context.withheld;
  }

  // ---- the application's side ----

  /** Opens a bidirectional stream; null at the peer's limit, or once the connection has ended. */
  public BidiStream openBidi() {
    StreamParts stream = ended ? null : table.open(true);
    return stream == null ? null : new BidiStream(stream.send(), stream.recv());
  }

  /** Opens a unidirectional stream; null as for {@link #openBidi()}. */
  public SendStream openUni() {
    StreamParts stream = ended ? null : table.open(false);
    return stream == null ? null : stream.send();
  }

  // ---- frames from the peer ----

  /** Data of a stream; the frame's bytes are copied. */
  public void onFrame(StreamFrame frame, long now) {
    onStream(new StreamData().set(frame), now);
  }

  /** The same for a frame that was read without a record. */
  public void onStream(StreamData frame, long now) {
    StreamParts stream = require(frame.streamId(), frame.type(), false);
    if (stream != null) {
      stream.recv().onData(frame, now);
    }
  }

  /** The peer has reset what it was sending. */
  public void onFrame(ResetStreamFrame frame, long now) {
    StreamParts stream = require(frame.streamId(), frame.type(), false);
    if (stream != null) {
      stream.recv().onReset(frame.type(), frame.errorCode(), frame.finalSize(), 0, now);
    }
  }

  /** The peer has reset what it was sending, but for its beginning. */
  public void onFrame(ResetStreamAtFrame frame, long now) {
    StreamParts stream = require(frame.streamId(), frame.type(), false);
    if (stream != null) {
      stream
          .recv()
          .onReset(frame.type(), frame.errorCode(), frame.finalSize(), frame.reliableSize(), now);
    }
  }

  /** The peer reads no more of what we send. */
  public void onFrame(StopSendingFrame frame, long now) {
    StreamParts stream = require(frame.streamId(), frame.type(), true);
    if (stream != null) {
      stream.send().onStopSending(frame.errorCode());
    }
  }

  /** More credit for all streams together. */
  public void onFrame(MaxDataFrame frame, long now) {
    if (context.connectionCredit.raise(frame.maximum())) {
      context.scheduler.onConnectionCredit();
    }
  }

  /** More credit for one stream. */
  public void onFrame(MaxStreamDataFrame frame, long now) {
    StreamParts stream = require(frame.streamId(), frame.type(), true);
    if (stream != null) {
      stream.send().onMaxStreamData(frame.maximum());
    }
  }

  /** More streams. */
  public void onFrame(MaxStreamsFrame frame, long now) {
    requireStreamCount(frame.type(), frame.maximum());
    raiseStreams(frame.bidirectional(), frame.maximum());
  }

  /** The peer waits for credit. It gets more whenever data is read, so this changes nothing. */
  public void onFrame(DataBlockedFrame frame, long now) {}

  /** The peer waits for credit on a stream; changes nothing, but may open the stream. */
  public void onFrame(StreamDataBlockedFrame frame, long now) {
    require(frame.streamId(), frame.type(), false);
  }

  /** The peer waits for streams. It gets more whenever some close, so this changes nothing. */
  public void onFrame(StreamsBlockedFrame frame, long now) {
    requireStreamCount(frame.type(), frame.limit());
  }

  // ---- packets to the peer ----

  /**
   * Whether frames other than STREAM are due. Writing data can make one due (the blocked frames),
   * so ask again after it.
   */
  public boolean hasControl() {
    return !ended && (control.isDue() || context.control.isDue());
  }

  /** Whether STREAM frames can be sent now. */
  public boolean hasData() {
    return !ended && context.scheduler.next() != null;
  }

  /** Writes the frames other than STREAM that are due, as long as they fit. */
  public void writeControl(PacketContents out, long now) {
    if (!ended) {
      control.write(out, now);
      context.control.write(out, now);
    }
  }

  /**
   * Writes STREAM frames in the order of the streams' priorities, as long as they fit.
   *
   * @return whether there is one left that did not fit
   */
  public boolean writeData(PacketContents out, long now) {
    SendPart part = ended ? null : context.scheduler.next();
    while (part != null && part.writeData(out)) {
      context.scheduler.onTurn(part);
      part = context.scheduler.next();
    }
    return part != null;
  }

  /** Bytes of a stream have arrived, and the end behind them. */
  public void onDataAcked(long id, long offset, long length, boolean fin) {
    StreamParts stream = ended ? null : table.find(id);
    if (stream != null) {
      stream.send().onDataAcked(offset, length, fin);
    }
  }

  /** A packet with bytes of a stream was lost, and with the end behind them. */
  public void onDataLost(long id, long offset, int length, boolean fin) {
    StreamParts stream = ended ? null : table.find(id);
    if (stream != null) {
      stream.send().onDataLost(offset, length, fin);
    }
  }

  /** A packet arrived; tokens that aren't of streams are passed over. */
  public void onAcked(RecoveryToken token) {
    if (ended) {
      return;
    }
    switch (token) {
      case RecoveryToken.ResetStream(long id) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.send().onResetAcked();
        }
      }
      case RecoveryToken.ResetStreamAt(long id, long reliableSize) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.send().onResetAtAcked(reliableSize);
        }
      }
      default -> {
        // Limits and blocked frames need no acknowledgement: a newer value replaces the older.
      }
    }
  }

  /** A packet was lost; tokens that aren't of streams are passed over. */
  public void onLost(RecoveryToken token) {
    if (ended) {
      return;
    }
    switch (token) {
      case RecoveryToken.MaxData() -> control.onMaxDataLost();
      case RecoveryToken.MaxStreams(boolean bidi) -> control.onMaxStreamsLost(bidi);
      case RecoveryToken.DataBlocked() -> context.connectionCredit.reportAgain();
      case RecoveryToken.StreamsBlocked(boolean bidi) -> control.open(bidi).reportAgain();
      case RecoveryToken.ResetStream(long id) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.send().onResetLost();
        }
      }
      case RecoveryToken.ResetStreamAt(long id, long reliableSize) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.send().onResetAtLost(reliableSize);
        }
      }
      case RecoveryToken.StreamDataBlocked(long id) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.send().repeatBlocked();
        }
      }
      case RecoveryToken.StopSending(long id) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.recv().onStopSendingLost();
        }
      }
      case RecoveryToken.MaxStreamData(long id) -> {
        StreamParts stream = table.find(id);
        if (stream != null) {
          stream.recv().onMaxStreamDataLost();
        }
      }
      default -> {
        // Another component's.
      }
    }
  }

  /** A new estimate of the round trip, nanoseconds, by which the receive windows grow. */
  public void onRoundTrip(long smoothedRttNanos) {
    context.smoothedRtt = smoothedRttNanos;
  }

  /**
   * Makes the blocked frames due again that are still true. To be called when nothing that elicits
   * an acknowledgement has been in flight for a while, so that a peer that waits for us doesn't run
   * into its idle timeout (§4.1).
   */
  public void repeatBlocked() {
    if (ended) {
      return;
    }
    context.connectionCredit.reportAgain();
    control.openBidi.reportAgain();
    control.openUni.reportAgain();
    for (StreamParts stream : table.all()) {
      if (stream.send() != null) {
        stream.send().repeatBlocked();
      }
    }
  }

  // ---- the end ----

  /**
   * The connection has ended. Nothing is sent or taken in from here on; what arrived in order stays
   * readable, and after it each stream says how it ended. Only the first call counts.
   */
  public void end(ConnectionEnding ending) {
    if (ended) {
      return;
    }
    ended = true;
    for (StreamParts stream : table.all()) {
      if (stream.send() != null) {
        stream.send().end(ending);
      }
      if (stream.recv() != null) {
        stream.recv().end(ending);
      }
    }
    context.control.clear();
    context.scheduler.clear();
  }

  /** Whether, after the end, some stream holds bytes that nobody has read. */
  public boolean hasUnread() {
    for (StreamParts stream : table.all()) {
      if (stream.recv() != null && stream.recv().available() > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Drops what is still unread after the end, so that every stream gives its ending at once. The
   * receive windows bound the bytes that are held, and the streams can be read as long as anyone
   * likes; with this, whoever owns the connection bounds the time.
   */
  public void discardUnread() {
    if (!ended) {
      return;
    }
    for (StreamParts stream : table.all()) {
      if (stream.recv() != null) {
        stream.recv().discardUnread();
      }
    }
    table.clear();
  }

  /** What the streams hold, each and together. */
  public void measure(Footprint out) {
    control.acceptBidi.measure(out);
    control.acceptUni.measure(out);
    context.connectionWindow.measure("bytes of all streams", context.received, out);
    long storage = 0;
    for (StreamParts stream : table.all()) {
      if (stream.recv() != null) {
        stream.recv().measure(out);
        storage += stream.recv().storage();
      }
    }
    int count = table.all().size();
    long window = context.connectionWindow.maximum();
    out.holds("storage of all streams", storage, window + 2L * ChunkPool.CHUNK * count);
    // A part stands in a queue once, and may have ended since: no more parts than can have begun.
    long parts = 2 * (count + control.acceptBidi.most() + control.acceptUni.most());
    out.holds("streams with control frames", context.control.size(), parts);
    out.holds("streams with data", context.scheduler.size(), parts);
  }

  /** The stream that a frame names; null when it has nothing to say any more. */
  private StreamParts require(long id, long frameType, boolean toSendPart) {
    return ended ? null : table.require(id, frameType, toSendPart);
  }

  private void onPartDone(long id) {
    table.onPartDone(id);
  }

  private void onAllSent(long id) {
    table.onAllSent(id);
  }

  private void raiseStreams(boolean bidirectional, long maximum) {
    boolean awaited = control.open(bidirectional).raise(maximum);
    if (context.withheld != null && !ended) {
      releaseWithheld();
    }
    if (awaited && !ended) {
      context.listener.available(bidirectional);
    }
  }

  private static void requireStreamCount(long frameType, long count) {
    if (count > MaxStreamsFrame.LARGEST) {
      throw new TransportException(
          TransportError.FRAME_ENCODING_ERROR, frameType, "a count of streams beyond 2^60");
    }
  }
}
