package dev.sluice.http3.stream;

import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.message.ContentLength;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.WireWriter;
import java.util.Arrays;

/**
 * The sending direction of a request stream: a message to frames (RFC 9114 §4.1).
 *
 * <p>Content goes into the QUIC stream's buffer without a stop here: a DATA frame is as long as
 * what fits, so that its header never promises bytes that are still to come. Field sections are
 * taken whole and wait here for room.
 */
public final class MessageWriter {
  private enum State {
    BEFORE_HEAD,
    CONTENT,
    /** Ended by its sender; what waits is still to be taken. */
    FINISHING,
    FINISHED,
    /** Reset by us or stopped by the peer. */
    CUT
  }

  /** Type, and a length of up to four bytes. */
  private static final int MAX_DATA_HEADER = 5;

  /** What four bytes of length can say; no QUIC stream has room for half of it. */
  private static final int MAX_DATA = (1 << 30) - 1;

  /** The shortest DATA frame with something in it. */
  private static final int MIN_DATA_FRAME = 3;

  /** As much content as is copied here when not even that fits. */
  private static final int SMALL_DATA = 32;

  private final SendStream out;
  private final byte[] dataHeader = new byte[MAX_DATA_HEADER];
  private final WireWriter dataHeaderWriter = new WireWriter(dataHeader, 0, MAX_DATA_HEADER);

  private State state = State.BEFORE_HEAD;
  private byte[] waiting = {};
  private int waitingFrom;
  private boolean writerWaits;
  private long due = ContentLength.UNKNOWN;

  /** A message on a stream of which nothing was written. */
  public MessageWriter(SendStream out) {
    this.out = out;
  }

  /** Whether a head may still be sent. */
  public boolean isBeforeHead() {
    return state == State.BEFORE_HEAD;
  }

  /** Whether content or trailers may still be sent. */
  public boolean isOpen() {
    return state == State.CONTENT;
  }

  /** Whether the message was ended by its sender. */
  public boolean isFinished() {
    return state == State.FINISHING || state == State.FINISHED;
  }

  /** Whether the message was cut short, by a reset or by the peer. */
  public boolean isCut() {
    return state == State.CUT;
  }

  /** Whether the message has less content so far than its head promised. */
  public boolean isShort() {
    return due > 0;
  }

  /** Sends an interim response's head. */
  public void writeInformational(byte[] section) {
    writeSection(section);
  }

  /**
   * Sends the head.
   *
   * @param contentLength how much content must follow, or {@link ContentLength#UNKNOWN}
   */
  public void writeHead(byte[] section, long contentLength) {
    writeSection(section);
    due = contentLength;
    state = State.CONTENT;
  }

  /**
   * Sends content, as much as there is room for, in one DATA frame.
   *
   * @return how many bytes were taken; when fewer than {@code length}, QUIC reports room later
   * @throws IllegalStateException when it is more than the head promised
   */
  public int writeData(byte[] source, int offset, int length) {
    return writeData(source, offset, length, out::write);
  }

  /**
   * The same without copying, on the contract of {@link SendStream#adopt}. An array whose last
   * bytes find too little room for a frame of their own does not come back.
   */
  public int adoptData(byte[] array, int offset, int length, ReturnedChunks home) {
    return writeData(
        array,
        offset,
        length,
        (bytes, from, n) -> out.adopt(bytes, from, n, from + n == offset + length ? home : null));
  }

  /** The bytes of a DATA frame on their way into the QUIC stream, which has room for them. */
  @FunctionalInterface
  private interface Way {
    int take(byte[] bytes, int from, int length);
  }

  private int writeData(byte[] source, int offset, int length, Way way) {
    if (due != ContentLength.UNKNOWN && length > due) {
      throw new IllegalStateException("more content than the head allows");
    }
    if (length == 0 || !flush() || out.ending() != null) {
      writerWaits = length > 0;
      return 0;
    }
    int room = out.writable();
    int taken = 0;
    if (room >= MIN_DATA_FRAME) {
      taken = writeDataFrame(source, offset, Math.min(length, MAX_DATA), room, way);
    } else if (room > 0) {
      // QUIC tells of new room only after a write that was cut short, so fill what there is.
      taken = Math.min(length, SMALL_DATA);
      writeWaiting(smallDataFrame(source, offset, taken));
    }
    if (taken < length) {
      if (waitingFrom == waiting.length) {
        // The buffer is full to the byte, so this takes nothing and asks to be told.
        out.write(source, offset + taken, 1);
      }
      writerWaits = true;
    }
    if (due != ContentLength.UNKNOWN) {
      due -= taken;
    }
    return taken;
  }

  /** The length field is as wide as it must be to fill the room exactly when there is too much. */
  private int writeDataFrame(byte[] source, int offset, int length, int room, Way way) {
    int lengthWidth = lengthWidth(length);
    if (1 + lengthWidth + length > room) {
      lengthWidth = room <= 2 + 63 ? 1 : room <= 3 + 16383 ? 2 : 4;
    }
    int taken = Math.min(length, room - 1 - lengthWidth);
    dataHeaderWriter.position(0);
    dataHeaderWriter.u8((int) FrameType.DATA).varInt(taken, lengthWidth);
    out.write(dataHeader, 0, dataHeaderWriter.position());
    way.take(source, offset, taken);
    return taken;
  }

  private static byte[] smallDataFrame(byte[] source, int offset, int length) {
    byte[] frame = new byte[2 + length];
    frame[0] = (byte) FrameType.DATA;
    frame[1] = (byte) length;
    System.arraycopy(source, offset, frame, 2, length);
    return frame;
  }

  private static int lengthWidth(int length) {
    return length <= 63 ? 1 : length <= 16383 ? 2 : 4;
  }

  /** Bytes of content that {@link #writeData} would take at once. */
  public int writable() {
    if (state != State.CONTENT || waitingFrom < waiting.length) {
      return 0;
    }
    int room = out.writable();
    return Math.max(0, room - 1 - lengthWidth(room));
  }

  /** Sends the trailer section; {@link #finish()} follows. */
  public void writeTrailers(byte[] section) {
    writeSection(section);
  }

  /** Ends the message, once what waits has been taken. */
  public void finish() {
    if (state == State.BEFORE_HEAD || state == State.CONTENT) {
      state = State.FINISHING;
      finishWhenFlushed();
    }
  }

  private void finishWhenFlushed() {
    if (flush()) {
      state = State.FINISHED;
      out.finish();
    }
  }

  /** Cuts the message short. */
  public void reset(long code) {
    cut();
    out.reset(code);
  }

  /** The peer stopped it, or the connection ended. */
  public void cut() {
    state = State.CUT;
    waitingFrom = waiting.length;
  }

  /**
   * There is room again.
   *
   * @return whether content can be written that could not be before
   */
  public boolean onWritable() {
    if (state == State.FINISHING) {
      finishWhenFlushed();
      return false;
    }
    boolean tell = flush() && writerWaits;
    if (tell) {
      writerWaits = false;
    }
    return tell;
  }

  private void writeSection(byte[] section) {
    writeWaiting(new HeadersFrame(section).encode());
  }

  private void writeWaiting(byte[] bytes) {
    int taken = flush() ? out.write(bytes, 0, bytes.length) : 0;
    if (taken == bytes.length) {
      return;
    }
    int left = waiting.length - waitingFrom;
    byte[] more = Arrays.copyOfRange(waiting, waitingFrom, waiting.length + bytes.length - taken);
    System.arraycopy(bytes, taken, more, left, bytes.length - taken);
    waiting = more;
    waitingFrom = 0;
  }

  /** Whether nothing waits any more. */
  private boolean flush() {
    if (waitingFrom < waiting.length) {
      waitingFrom += out.write(waiting, waitingFrom, waiting.length - waitingFrom);
    }
    return waitingFrom == waiting.length;
  }
}
