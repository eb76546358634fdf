package dev.sluice.quic.stream;

import dev.sluice.quic.flow.AcceptWindow;
import dev.sluice.quic.flow.OpenCredit;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;

/**
 * The frames of stream management that concern the whole connection: MAX_DATA, MAX_STREAMS,
 * DATA_BLOCKED and STREAMS_BLOCKED. Each is sent with the value of the moment, the first time and
 * after a loss (RFC 9000 §13.3).
 */
final class ConnectionControl {
  /** The longest of these frames: a type of one byte and a value of eight. */
  private static final int MAX_FRAME = 9;

  private static final boolean BIDI = true;
  private static final boolean UNI = false;

  private final StreamContext context;

  /** Streams that we may open. */
  final OpenCredit openBidi = new OpenCredit();

  final OpenCredit openUni = new OpenCredit();

  /** Streams that the peer may open. */
  final AcceptWindow acceptBidi;

  final AcceptWindow acceptUni;

  private boolean maxDataLost;
  private boolean maxStreamsBidiLost;
  private boolean maxStreamsUniLost;

  ConnectionControl(StreamContext context) {
    this.context = context;
    this.acceptBidi = new AcceptWindow(context.config.limits().maxStreamsBidi());
    this.acceptUni = new AcceptWindow(context.config.limits().maxStreamsUni());
  }

  OpenCredit open(boolean bidirectional) {
    return bidirectional ? openBidi : openUni;
  }

  AcceptWindow accept(boolean bidirectional) {
    return bidirectional ? acceptBidi : acceptUni;
  }

  boolean isDue() {
    return isMaxDataDue()
        || isMaxStreamsDue(BIDI)
        || isMaxStreamsDue(UNI)
        || context.connectionCredit.isReportPending()
        || openBidi.isReportPending()
        || openUni.isReportPending();
  }

  /** Writes what is due as long as it fits. */
  void write(PacketContents out, long now) {
    if (isMaxDataDue() && fits(out)) {
      long maximum = context.connectionWindow.update(now, context.smoothedRtt);
      maxDataLost = false;
      out.add(new MaxDataFrame(maximum), new RecoveryToken.MaxData());
    }
    writeMaxStreams(out, BIDI);
    writeMaxStreams(out, UNI);
    if (context.connectionCredit.isReportPending() && fits(out)) {
      Frame frame = new DataBlockedFrame(context.connectionCredit.limit());
      out.add(frame, new RecoveryToken.DataBlocked());
      context.connectionCredit.onReportSent();
    }
    writeStreamsBlocked(out, BIDI);
    writeStreamsBlocked(out, UNI);
  }

  private void writeMaxStreams(PacketContents out, boolean bidirectional) {
    if (isMaxStreamsDue(bidirectional) && fits(out)) {
      long maximum = accept(bidirectional).update();
      setMaxStreamsLost(bidirectional, false);
      out.add(
          new MaxStreamsFrame(bidirectional, maximum), new RecoveryToken.MaxStreams(bidirectional));
    }
  }

  private void writeStreamsBlocked(PacketContents out, boolean bidirectional) {
    OpenCredit credit = open(bidirectional);
    if (credit.isReportPending() && fits(out)) {
      out.add(
          new StreamsBlockedFrame(bidirectional, credit.limit()),
          new RecoveryToken.StreamsBlocked(bidirectional));
      credit.onReportSent();
    }
  }

  private boolean isMaxDataDue() {
    return maxDataLost || context.connectionWindow.isUpdateDue();
  }

  private boolean isMaxStreamsDue(boolean bidirectional) {
    return (bidirectional ? maxStreamsBidiLost : maxStreamsUniLost)
        || accept(bidirectional).isUpdateDue();
  }

  private static boolean fits(PacketContents out) {
    return out.remaining() >= MAX_FRAME;
  }

  void onMaxDataLost() {
    maxDataLost = true;
  }

  void onMaxStreamsLost(boolean bidirectional) {
    setMaxStreamsLost(bidirectional, true);
  }

  private void setMaxStreamsLost(boolean bidirectional, boolean lost) {
    if (bidirectional) {
      maxStreamsBidiLost = lost;
    } else {
      maxStreamsUniLost = lost;
    }
  }
}
