package dev.sluice.quic.stream;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import java.util.BitSet;

/**
 * The receiving part of a stream as RFC 9000 §3.2 and reliable-stream-reset-10 §5 tell of it: which
 * bytes have come, how far reading goes, and what stands at the end of it.
 */
final class RecvModel {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private final int size;
  private final BitSet arrived = new BitSet();
  private RecvState state = RecvState.RECV;
  private int read;

  /** Where reading ends. */
  private int end = UNKNOWN;

  private StreamEnding atEnd = new StreamEnding.Finished();
  private StreamEnding ending;
  private ConnectionEnding gone;
  private boolean stopped;
  private boolean stopToSend;

  RecvModel(int size) {
    this.size = size;
  }

  RecvState state() {
    return state;
  }

  StreamEnding ending() {
    return ending;
  }

  boolean isStopToSend() {
    return stopToSend;
  }

  int available() {
    return stopped ? 0 : Math.max(0, Math.min(arrived.nextClearBit(0), end) - read);
  }

  // ---- the peer

  void onData(int from, int to, boolean fin) {
    if (gone != null || !state.awaitsData()) {
      return;
    }
    arrived.set(Math.min(from, end), Math.min(to, end));
    if (fin && state == RecvState.RECV) {
      state = RecvState.SIZE_KNOWN;
      end = size;
    }
    onArrival();
  }

  void onReset(long code, int promised) {
    if (gone != null || !state.awaitsData()) {
      return; // all is here already, or this is another copy
    }
    end = Math.min(end, Math.max(promised, arrived.nextClearBit(0)));
    arrived.clear(end, size);
    atEnd = new StreamEnding.ResetByPeer(code);
    state = promised == 0 ? RecvState.RESET_RECVD : RecvState.SIZE_KNOWN;
    onArrival();
  }

  private void onArrival() {
    if (state == RecvState.SIZE_KNOWN && arrived.nextClearBit(0) >= end) {
      state = RecvState.DATA_RECVD;
    }
    if (stopped && !state.awaitsData()) {
      stopToSend = false;
      state = state == RecvState.DATA_RECVD ? RecvState.DATA_READ : RecvState.RESET_READ;
    }
    settle();
  }

  void onConnectionEnded(ConnectionEnding how) {
    gone = how;
    stopToSend = false;
    settle();
  }

  // ---- the application

  /** What a read of so many bytes gives: their number, or the codes of {@link RecvStream}. */
  int read(int most) {
    int n = Math.min(most, available());
    read += n;
    settle();
    if (n > 0) {
      return n;
    } else if (ending == null) {
      return RecvStream.NOTHING_NOW;
    }
    state = state == RecvState.RESET_RECVD ? RecvState.RESET_READ : state;
    return RecvStream.ENDED;
  }

  void stop(long code) {
    if (ending != null) {
      state = state == RecvState.RESET_RECVD ? RecvState.RESET_READ : state;
      return;
    }
    stopped = true;
    ending = new StreamEnding.AbandonedLocally(code);
    if (gone == null && state.awaitsData()) {
      stopToSend = true;
    } else if (gone == null) {
      state = state == RecvState.DATA_RECVD ? RecvState.DATA_READ : RecvState.RESET_READ;
    }
  }

  private void settle() {
    if (ending == null && available() == 0) {
      if (state == RecvState.DATA_RECVD) {
        ending = atEnd;
        state = RecvState.DATA_READ;
      } else if (state == RecvState.RESET_RECVD) {
        ending = atEnd;
      } else if (gone != null) {
        ending = new StreamEnding.ConnectionEnded(gone);
      }
    }
  }

  // ---- STOP_SENDING

  void onStopSent() {
    stopToSend = false;
  }

  void onStopLost() {
    stopToSend = gone == null && state.awaitsData();
  }
}
