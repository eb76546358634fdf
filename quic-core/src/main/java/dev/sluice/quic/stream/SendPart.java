package dev.sluice.quic.stream;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.flow.SendCredit;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import java.util.Objects;

/**
 * The sending part of a stream: its state machine (RFC 9000 §3.1), its buffer, its credit, and the
 * frames that it writes.
 */
final class SendPart implements SendStream, ControlQueue.Source {
  /** Default urgency (RFC 9218 §4.1). */
  private static final int DEFAULT_URGENCY = 3;

  /**
   * A frame that would carry fewer bytes than this, of more that are pending, waits for the next
   * packet: its header would be a large part of it.
   */
  private static final int LEAST_FRAGMENT = 32;

  private final long id;
  private final StreamContext context;
  private final SendBuffer buffer;
  private final SendIntake intake;
  private final SendCredit credit;
  private SendState state = SendState.READY;
  private StreamEnding ending;
  private boolean finRequested;

  /** The FIN is in flight or has arrived. */
  private boolean finSent;

  private boolean finAcked;
  private final SendReset reset;
  private boolean connectionEnded;
  private boolean controlQueued;
  private int urgency = DEFAULT_URGENCY;

  /** Streams share fairly unless the application says otherwise. */
  private boolean incremental = true;

  /** Kept by the {@link Scheduler}: whether the stream stands in one of its queues. */
  boolean scheduled;

  /** Kept by the {@link Scheduler}: whether the stream waits for connection credit. */
  boolean parked;

  /** Kept by the {@link StreamTable}: whether the peer has another stream for this one already. */
  boolean lingers;

  /**
   * @param maxStreamData what the peer lets this stream send at first
   */
  SendPart(long id, long maxStreamData, StreamContext context) {
    this.id = id;
    this.context = context;
    this.buffer = new SendBuffer(context.pool);
    this.intake = new SendIntake(buffer, context.config);
    this.reset = new SendReset(id);
    this.credit = new SendCredit(maxStreamData);
  }

  // ---- the application's side ----

  @Override
  public long id() {
    return id;
  }

  @Override
  public int write(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    return mayWrite() ? scheduled(intake.write(source, offset, length)) : 0;
  }

  @Override
  public int adopt(byte[] array, int offset, int length, ReturnedChunks home) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return mayWrite() ? scheduled(intake.adopt(array, offset, length, home)) : 0;
  }

  private boolean mayWrite() {
    if (ending == null && finRequested) {
      throw new IllegalStateException("stream " + id + " was finished");
    }
    return ending == null;
  }

  private int scheduled(int taken) {
    if (taken > 0) {
      context.listener.written(id, buffer.written() - taken, taken);
      scheduleData();
    }
    return taken;
  }

  @Override
  public int writable() {
    return ending != null || finRequested ? 0 : intake.room();
  }

  @Override
  public long sent() {
    return buffer.sent();
  }

  @Override
  public long acknowledged() {
    return buffer.delivered();
  }

  @Override
  public void finish() {
    if (ending == null && !finRequested) {
      finRequested = true;
      intake.end();
      scheduleData();
    }
  }

  @Override
  public void reset(long applicationCode) {
    abandon(applicationCode, new StreamEnding.AbandonedLocally(applicationCode));
  }

  @Override
  public void resetAt(long applicationCode, long size) {
    if (connectionEnded || !state.canBeReset()) {
      return;
    }
    boolean first = !reset.isPartial();
    long most = first ? buffer.written() : reset.reliableSize();
    if (size < 0 || first && size > most) {
      throw new IllegalArgumentException(
          "stream " + id + " has " + most + " bytes, and " + size + " are to be delivered");
    }
    if (!context.peerResetAt || size == 0) {
      reset(applicationCode);
    } else if (first || size < most) {
      shortenTo(size, applicationCode);
    }
  }

  @Override
  public StreamEnding ending() {
    return ending;
  }

  @Override
  public void setPriority(int newUrgency, boolean newIncremental) {
    Objects.checkIndex(newUrgency, Scheduler.URGENCIES);
    if (newUrgency != urgency || newIncremental != incremental) {
      context.scheduler.remove(this);
      urgency = newUrgency;
      incremental = newIncremental;
      context.scheduler.add(this);
    }
  }

  // ---- the peer's side ----

  /** MAX_STREAM_DATA, or the peer's transport parameter. */
  void onMaxStreamData(long maximum) {
    if (credit.raise(maximum)) {
      scheduleData();
    }
  }

  /** STOP_SENDING: answered by a reset with the same code (§3.5). */
  void onStopSending(long applicationCode) {
    if (abandon(applicationCode, new StreamEnding.StoppedByPeer(applicationCode))) {
      context.listener.stopped(this, applicationCode);
    }
  }

  /** The connection ended; nothing can be sent any more. */
  void end(ConnectionEnding connectionEnding) {
    connectionEnded = true;
    reset.cancel();
    if (ending == null) {
      ending = new StreamEnding.ConnectionEnded(connectionEnding);
    }
    buffer.discard();
  }

  /**
   * 0-RTT was refused: to the peer nothing was ever sent, and all of it is to be (RFC 9001 §4.6.2).
   */
  void restart() {
    boolean whole = state == SendState.RESET_SENT;
    context.scheduler.forget(this);
    credit.restart();
    buffer.restart(whole ? 0 : reset.isPartial() ? reset.reliableSize() : buffer.written());
    finSent = false;
    state = whole ? state : SendState.READY;
    reset.restart(whole);
    resume();
  }

  /** The peer may permit the stream now. */
  void resume() {
    queueControl();
    context.scheduler.add(this);
  }

  /**
   * Another look at whether the stream is still blocked: after a long silence (§4.1), or because
   * STREAM_DATA_BLOCKED was lost.
   */
  void repeatBlocked() {
    if (state == SendState.SEND) {
      credit.reportAgain();
      queueControl();
    }
  }

  // ---- data ----

  int urgency() {
    return urgency;
  }

  boolean isIncremental() {
    return incremental;
  }

  SendState state() {
    return state;
  }

  /** Whether a STREAM frame could be sent now, if the connection's credit allows. */
  boolean hasData() {
    if (!state.canBeReset() || connectionEnded || context.withholds(id)) {
      return false;
    }
    return buffer.hasLost() || isFinPending() || buffer.unsent() > 0 && credit.available() > 0;
  }

  /** Whether all that it could send is new data, which counts toward the connection's limit. */
  boolean needsConnectionCredit() {
    return !buffer.hasLost() && buffer.unsent() > 0;
  }

  /**
   * Writes one STREAM frame; {@link #hasData()} holds, and there is connection credit if it is
   * needed.
   *
   * @return false when it didn't fit
   */
  boolean writeData(PacketContents out) {
    long offset = buffer.pendingOffset();
    int room = StreamFrame.dataThatFits(id, offset, out.remaining());
    if (room < 0) {
      return false;
    }
    long pending = buffer.pendingLength();
    boolean fresh = !buffer.hasLost();
    if (fresh) {
      long allowed = Math.min(credit.available(), context.connectionCredit.available());
      pending = Math.min(pending, allowed);
    }
    int length = (int) Math.min(pending, room);
    if (length < pending && length < LEAST_FRAGMENT) {
      return false;
    }
    boolean fin = finRequested && offset + length == buffer.written();
    StreamFrame.writeHeader(out.out(), id, offset, length, fin);
    if (length > 0) {
      copyData(out, length, fresh);
    }
    out.addedStream(id, offset, length, fin);
    onSent(fin);
    return true;
  }

  private void copyData(PacketContents out, int length, boolean fresh) {
    int position = out.out().position();
    buffer.send(length, out.out().buffer(), position);
    out.out().position(position + length);
    if (fresh) {
      credit.use(length);
      context.connectionCredit.use(length);
    }
  }

  private void onSent(boolean fin) {
    if (state == SendState.READY) {
      state = SendState.SEND;
    }
    if (fin) {
      finSent = true;
      state = SendState.DATA_SENT;
      context.allSent.accept(id);
    }
    if (isResetDue()) {
      queueControl();
    }
    if (buffer.unsent() > 0) {
      noteBlocked();
    }
    announceRoom();
  }

  private boolean isFinPending() {
    return finRequested && !finSent && buffer.unsent() == 0;
  }

  private void scheduleData() {
    if (buffer.unsent() > 0) {
      noteBlocked();
    }
    context.scheduler.add(this);
  }

  private void noteBlocked() {
    if (credit.available() == 0) {
      credit.blocked();
      queueControl();
    }
  }

  private void announceRoom() {
    if (ending == null && intake.hasRoomAgain()) {
      context.listener.writable(this);
    }
  }

  // ---- acknowledgement and loss ----

  /** A STREAM frame has arrived. */
  void onDataAcked(long offset, long length, boolean fin) {
    if (connectionEnded || !state.canBeReset()) {
      return;
    }
    buffer.onAcked(offset, length);
    if (fin) {
      finAcked = true;
      finSent = true;
    }
    completeOrAnnounceRoom();
  }

  /** The end is a FIN, or RESET_STREAM_AT, which serves the same (reliable-stream-reset §5.3). */
  private void completeOrAnnounceRoom() {
    boolean endArrived = reset.isPartial() ? reset.isPartialAcked() : finAcked;
    if (endArrived && buffer.isAllAcknowledged()) {
      state = SendState.DATA_RECVD;
      if (ending == null) {
        ending = new StreamEnding.Finished();
      }
      context.listener.completed(this);
      context.partDone.accept(id);
    } else {
      announceRoom();
    }
  }

  /** A STREAM frame was lost; after a reset nothing of it is sent again (§13.3). */
  void onDataLost(long offset, int length, boolean fin) {
    if (connectionEnded || !state.canBeReset()) {
      return;
    }
    buffer.onLost(offset, length);
    if (fin && !finAcked) {
      finSent = false;
    }
    context.scheduler.add(this);
  }

  /** RESET_STREAM has arrived. */
  void onResetAcked() {
    if (state == SendState.RESET_SENT) {
      state = SendState.RESET_RECVD;
      reset.cancel();
      context.listener.completed(this);
      context.partDone.accept(id);
    }
  }

  /** RESET_STREAM was lost: it is sent again as it was. */
  void onResetLost() {
    if (state == SendState.RESET_SENT) {
      reset.due();
      queueControl();
    }
  }

  /** RESET_STREAM_AT has arrived. Only the one with the smallest reliable size counts (§5.2). */
  void onResetAtAcked(long size) {
    if (state.canBeReset() && reset.onPartialAcked(size)) {
      completeOrAnnounceRoom();
    }
  }

  /** RESET_STREAM_AT was lost: it is sent again, unless a smaller one has taken its place. */
  void onResetAtLost(long size) {
    if (state.canBeReset() && !connectionEnded && reset.onPartialLost(size)) {
      queueControl();
    }
  }

  // ---- control frames ----

  /** Nothing is delivered any more. False when the application has been told of an end before. */
  private boolean abandon(long applicationCode, StreamEnding why) {
    if (connectionEnded || !state.canBeReset()) {
      return false;
    }
    boolean first = markAbandoned(applicationCode, why);
    state = SendState.RESET_SENT;
    buffer.discard();
    context.scheduler.forget(this);
    queueControl();
    return first;
  }

  /** Only this many bytes are delivered. Their number can only become smaller (§5.2). */
  private void shortenTo(long size, long applicationCode) {
    markAbandoned(applicationCode, new StreamEnding.AbandonedLocally(applicationCode));
    reset.shortenTo(size);
    finRequested = false;
    intake.end();
    buffer.truncate(size);
    queueControl();
  }

  /** The code of a reset stays as it was given first (§5.2). */
  private boolean markAbandoned(long applicationCode, StreamEnding why) {
    reset.due();
    if (ending != null) {
      return false;
    }
    ending = why;
    reset.code(applicationCode);
    return true;
  }

  private boolean isBlockedReportPending() {
    return credit.isReportPending()
        && (state == SendState.READY || state == SendState.SEND)
        && !connectionEnded;
  }

  /**
   * RESET_STREAM_AT follows the first transmission of all that it promises: so its final size needs
   * no credit that the data has not used (reliable-stream-reset §4).
   */
  private boolean isResetDue() {
    return reset.isPending()
        && (state == SendState.RESET_SENT || buffer.sent() >= reset.reliableSize());
  }

  @Override
  public boolean hasControl() {
    return (isResetDue() || isBlockedReportPending()) && !context.withholds(id);
  }

  @Override
  public boolean writeControl(PacketContents out, long now) {
    if (isResetDue()) {
      return writeReset(out);
    } else if (isBlockedReportPending()) {
      StreamDataBlockedFrame frame = new StreamDataBlockedFrame(id, credit.limit());
      if (!out.addIfFits(frame, new RecoveryToken.StreamDataBlocked(id))) {
        return false;
      }
      credit.onReportSent();
      state = SendState.SEND;
    }
    return true;
  }

  private boolean writeReset(PacketContents out) {
    if (state == SendState.RESET_SENT) {
      return reset.writeWhole(out, buffer.sent());
    }
    boolean written = reset.writePartial(out, buffer.sent());
    if (written) {
      state = SendState.DATA_SENT;
    }
    return written;
  }

  @Override
  public boolean markQueued(boolean queued) {
    boolean before = controlQueued;
    controlQueued = queued;
    return before;
  }

  private void queueControl() {
    context.control.add(this);
  }
}
