package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;

/**
 * The STREAM frame that was read last. Most of what a connection receives is such frames, a million
 * a second; so they are read into one object that is used again and again, while all other frames
 * come as records. {@link FrameReader#readStream} fills it.
 */
public final class StreamData {
  private long type;
  private long streamId;
  private long offset;
  private byte[] array;
  private int start;
  private int length;

  /** Reads what follows the type. */
  void read(long frameType, WireReader in) {
    type = frameType;
    streamId = in.varInt();
    offset = (type & StreamFrame.OFF) != 0 ? in.varInt() : 0;
    long announced = (type & StreamFrame.LEN) != 0 ? in.varInt() : in.remaining();
    in.require(announced);
    array = in.buffer();
    start = in.position();
    length = (int) announced;
    if (offset + length > VarInt.MAX) {
      throw new WireException("stream " + streamId + ": data up to an offset beyond 2^62-1");
    }
    in.skip(length);
  }

  /** Takes what a record holds. */
  public StreamData set(StreamFrame frame) {
    type = frame.type();
    streamId = frame.streamId();
    offset = frame.offset();
    array = frame.data().array();
    start = frame.data().offset();
    length = frame.data().length();
    return this;
  }

  /** The frame type, 0x08 to 0x0f. */
  public long type() {
    return type;
  }

  /** The stream. */
  public long streamId() {
    return streamId;
  }

  /** Where the data begins in the stream. */
  public long offset() {
    return offset;
  }

  /** Where the data ends in the stream, exclusive; at most 2^62-1. */
  public long end() {
    return offset + length;
  }

  /** Holds the data from {@link #start()} on; the reader's buffer. */
  public byte[] array() {
    return array;
  }

  /** The index of the first byte of data in {@link #array()}. */
  public int start() {
    return start;
  }

  /** The number of bytes of data. */
  public int length() {
    return length;
  }

  /** Whether the stream ends with this data. */
  public boolean fin() {
    return (type & StreamFrame.FIN) != 0;
  }
}
