package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import java.util.BitSet;

/**
 * The sending part of a stream as RFC 9000 §3.1 and reliable-stream-reset-10 §5 tell of it: sets of
 * bytes and a few facts, from which the state follows.
 */
final class SendModel {
  private static final int NONE = -1;

  private int written;
  private int sent;
  private final BitSet toSend = new BitSet();
  private final BitSet arrived = new BitSet();
  private boolean started;
  private boolean fin;
  private boolean finToSend;
  private boolean finSent;
  private boolean finArrived;
  private int promised = NONE;
  private boolean promiseToSend;
  private boolean promiseSent;
  private boolean promiseArrived;
  private boolean reset;
  private boolean resetToSend;
  private boolean resetArrived;
  private long code;
  private boolean over;
  private boolean gone;
  private StreamEnding ending;

  static byte pattern(int offset) {
    return (byte) (offset * 7 + 1);
  }

  int written() {
    return written;
  }

  boolean isFinished() {
    return fin;
  }

  boolean isOver() {
    return over;
  }

  StreamEnding ending() {
    return ending;
  }

  SendState state() {
    if (reset) {
      return over ? SendState.RESET_RECVD : SendState.RESET_SENT;
    } else if (over) {
      return SendState.DATA_RECVD;
    } else if (finSent || promiseSent) {
      return SendState.DATA_SENT;
    }
    return started ? SendState.SEND : SendState.READY;
  }

  // ---- the application

  void write(int bytes) {
    if (ending == null) {
      toSend.set(written, written + bytes);
      written += bytes;
    }
  }

  void finish() {
    if (ending == null && !fin) {
      fin = true;
      finToSend = true;
    }
  }

  void reset(long withCode, StreamEnding why) {
    if (isClosed()) {
      return;
    }
    end(withCode, why);
    reset = true;
    resetToSend = true;
    toSend.clear();
    finToSend = false;
    promiseToSend = false;
  }

  void resetAt(long withCode, int size, StreamEnding why) {
    if (isClosed()) {
      return;
    }
    if (size == 0) {
      reset(withCode, why);
    } else if (promised == NONE || size < promised) {
      end(withCode, why);
      promised = size;
      promiseToSend = true;
      promiseArrived = false;
      fin = false;
      finToSend = false;
      toSend.clear(size, written);
    }
  }

  private void end(long withCode, StreamEnding why) {
    if (ending == null) {
      ending = why;
      code = withCode;
    }
  }

  /** Whether no reset changes anything any more (Figure 2). */
  private boolean isClosed() {
    return gone || over || reset;
  }

  // ---- the network

  void onSent(Frame frame) {
    assertFalse(gone || over, () -> frame + " of a stream that is over");
    started = true;
    switch (frame) {
      case StreamFrame f -> onSent(f);
      case ResetStreamFrame f -> {
        assertTrue(reset && resetToSend, "RESET_STREAM without need");
        assertEquals(code, f.errorCode());
        assertEquals(sent, f.finalSize());
        resetToSend = false;
      }
      case ResetStreamAtFrame f -> {
        assertTrue(!reset && promiseToSend, "RESET_STREAM_AT without need");
        assertTrue(sent >= promised, "it overtakes what it promises");
        assertEquals(code, f.errorCode());
        assertEquals(promised, f.reliableSize());
        assertEquals(sent, f.finalSize());
        promiseToSend = false;
        promiseSent = true;
      }
      default -> throw new AssertionError(frame);
    }
  }

  private void onSent(StreamFrame frame) {
    assertFalse(reset, "STREAM after a reset (§3.3)");
    int from = (int) frame.offset();
    int to = from + frame.data().length();
    assertTrue(toSend.nextClearBit(from) >= to, () -> frame + " is not to be sent");
    assertTrue(to > from || finToSend, "an empty frame");
    for (int i = from; i < to; i++) {
      assertEquals(pattern(i), frame.data().toArray()[i - from]);
    }
    assertEquals(fin && to == written, frame.fin());
    toSend.clear(from, to);
    sent = Math.max(sent, to);
    if (frame.fin()) {
      finToSend = false;
      finSent = true;
    }
  }

  /** Everything that may be sent has been. */
  void onNothingLeft() {
    if (!gone && !over) {
      assertTrue(toSend.isEmpty(), () -> "bytes are left: " + toSend);
      assertFalse(finToSend || resetToSend || promiseToSend, "an end is left");
    }
  }

  void onArrived(Frame frame) {
    if (gone || over) {
      return;
    }
    switch (frame) {
      case StreamFrame f when !reset -> {
        int from = (int) f.offset();
        arrived.set(from, from + f.data().length());
        toSend.clear(from, from + f.data().length());
        finArrived |= f.fin();
        finToSend &= !f.fin();
      }
      case ResetStreamFrame f -> resetArrived = true;
      case ResetStreamAtFrame f when f.reliableSize() == promised -> {
        promiseArrived = true;
        promiseToSend = false;
      }
      default -> {}
    }
    over = hasAllArrived();
    if (over && ending == null) {
      ending = new StreamEnding.Finished();
    }
  }

  private boolean hasAllArrived() {
    if (reset) {
      return resetArrived;
    } else if (promised != NONE) {
      return promiseArrived && arrived.nextClearBit(0) >= promised;
    }
    return finArrived && arrived.nextClearBit(0) >= written;
  }

  void onLost(Frame frame) {
    if (gone || over) {
      return;
    }
    switch (frame) {
      case StreamFrame f when !reset -> {
        int wanted = promised == NONE ? written : promised;
        int to = (int) f.offset() + f.data().length();
        for (int i = (int) f.offset(); i < Math.min(to, wanted); i++) {
          toSend.set(i, toSend.get(i) || !arrived.get(i));
        }
        finToSend |= f.fin() && !finArrived && promised == NONE;
      }
      case ResetStreamFrame f -> resetToSend = true;
      case ResetStreamAtFrame f when !reset && f.reliableSize() == promised ->
          promiseToSend = !promiseArrived;
      default -> {}
    }
  }

  void onConnectionEnded(ConnectionEnding how) {
    gone = true;
    if (ending == null) {
      ending = new StreamEnding.ConnectionEnded(how);
    }
  }
}
