package dev.sluice.http3.frame;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import java.util.Arrays;

/**
 * Takes frames off a stream (RFC 9114 §7.1), however it is cut into pieces.
 *
 * <p>It reads exactly the bytes it needs. The payload of DATA stays in the QUIC stream until {@link
 * #readData} moves it to where it is wanted, so that what nobody reads holds the peer back by flow
 * control. The payload of an unknown frame is read past without being kept. Only payloads that mean
 * something as a whole are held, up to a limit for each type.
 */
public final class FrameReader {

  /** What {@link #next()} has come to. */
  public enum Step {
    /** The stream has no more bytes at present. */
    NOTHING_NOW,
    /** {@link FrameReader#frame()} was read. */
    FRAME,
    /** At the payload of a DATA frame, with bytes of it still to be read. */
    DATA,
    /** A field section larger than the limit begins; it is passed over from here on. */
    SECTION_TOO_LARGE,
    /**
     * Right behind an extension's signal; {@link FrameReader#signal()}. The reader must not be used
     * any more.
     */
    SIGNAL,
    /** The stream has ended; {@link RecvStream#ending()} says how. */
    END
  }

  private enum State {
    HEADER,
    PAYLOAD,
    DATA,
    SKIP
  }

  /** Type and length, up to eight bytes each. */
  private static final int MAX_HEADER = 16;

  /** What is set aside for a payload before its bytes arrive: a length costs a peer nothing. */
  private static final int FIRST_PAYLOAD = 1 << 10;

  /** Enough that passing over bytes takes few calls, and little of what a reader costs. */
  private static final int SKIP_BUFFER = 1 << 10;

  private final RecvStream in;
  private final FrameGate gate;
  private final int maxSection;

  private final byte[] header = new byte[MAX_HEADER];
  private final WireReader headerReader = new WireReader(header, 0, 0);
  private int headerLength;

  private State state = State.HEADER;
  private long type;
  private long remaining;
  private byte[] payload;
  private int payloadLength;
  private Http3Frame frame;

  /**
   * @param in the stream, at the beginning of a frame
   * @param gate is asked about every frame
   * @param maxSection the largest encoded field section to hold, in bytes
   */
  public FrameReader(RecvStream in, FrameGate gate, int maxSection) {
    this.in = in;
    this.gate = gate;
    this.maxSection = maxSection;
  }

  /**
   * Goes on to the next thing there is to say about the stream. At DATA it stays until {@link
   * #readData} has read the payload.
   *
   * @throws ConnectionErrorException when the peer broke a rule; the reader must not be used any
   *     more
   */
  public Step next() {
    while (true) {
      switch (state) {
        case HEADER -> {
          Step step = readHeader();
          if (step != null) {
            return step;
          }
        }
        case DATA -> {
          if (remaining > 0) {
            return Step.DATA;
          }
          state = State.HEADER;
        }
        case SKIP -> {
          Step step = skip();
          if (step != null) {
            return step;
          }
        }
        case PAYLOAD -> {
          return readPayload();
        }
      }
    }
  }

  /** The frame that the last {@link #next()} came to. */
  public Http3Frame frame() {
    return frame;
  }

  /** How much of the current DATA frame's payload was not read yet, in bytes; 0 outside DATA. */
  public long dataRemaining() {
    return state == State.DATA ? remaining : 0;
  }

  /**
   * Copies payload of the current DATA frame from the stream.
   *
   * @return the number of bytes, {@link RecvStream#NOTHING_NOW}, or {@link RecvStream#ENDED} when
   *     the stream ends within the frame
   * @throws ConnectionErrorException H3_FRAME_ERROR when it ends there with a FIN (§7.1)
   */
  public int readData(byte[] target, int offset, int length) {
    int wanted = (int) Math.min(length, remaining);
    return taken(in.read(target, offset, wanted));
  }

  /**
   * The same without copying; see {@link RecvStream#take}.
   *
   * @throws ConnectionErrorException as from {@link #readData}
   */
  public int takeData(int most, RecvStream.Taker to) {
    return taken(in.take((int) Math.min(most, remaining), to));
  }

  private int taken(int read) {
    if (read > 0) {
      remaining -= read;
    } else if (read == RecvStream.ENDED) {
      ended(true);
    }
    return read;
  }

  /** Reads type and length; null when it did, and the state says what comes next. */
  private Step readHeader() {
    while (true) {
      if (isAtSignal()) {
        return Step.SIGNAL;
      }
      int needed = headerNeeded();
      if (headerLength == needed) {
        break;
      }
      int read = in.read(header, headerLength, needed - headerLength);
      if (read == RecvStream.ENDED) {
        return ended(headerLength > 0);
      }
      if (read == RecvStream.NOTHING_NOW) {
        return Step.NOTHING_NOW;
      }
      headerLength += read;
    }
    headerReader.reset(header, 0, headerLength);
    headerLength = 0;
    type = headerReader.varInt();
    remaining = headerReader.varInt();
    return enter();
  }

  /**
   * No frame header has fewer than two bytes, so the first two are read at once; but nothing beyond
   * a type that may be a signal.
   */
  private int headerNeeded() {
    if (headerLength == 0) {
      return 2;
    }
    int typeLength = VarInt.lengthOf(header[0]);
    if (headerLength < typeLength) {
      return typeLength;
    }
    return headerLength == typeLength
        ? typeLength + 1
        : typeLength + VarInt.lengthOf(header[typeLength]);
  }

  private boolean isAtSignal() {
    if (headerLength == 0 || headerLength != VarInt.lengthOf(header[0])) {
      return false;
    }
    headerReader.reset(header, 0, headerLength);
    type = headerReader.varInt();
    return gate.isSignal(type);
  }

  /** The signal that the last {@link #next()} came to. */
  public long signal() {
    return type;
  }

  private Step enter() {
    gate.onFrame(type, remaining);
    if (FrameType.isReservedFromHttp2(type)) {
      throw new ConnectionErrorException(
          Http3Error.H3_FRAME_UNEXPECTED,
          FrameType.name(type) + " belongs to HTTP/2 and has no place here");
    }
    if (type == FrameType.DATA) {
      state = State.DATA;
      return null;
    }
    if (!FrameType.isKnown(type)) {
      state = State.SKIP;
      return null;
    }
    if (!FramePayload.checkLength(type, remaining, maxSection)) {
      state = State.SKIP;
      return Step.SECTION_TOO_LARGE;
    }
    payload = new byte[(int) Math.min(remaining, FIRST_PAYLOAD)];
    payloadLength = 0;
    state = State.PAYLOAD;
    return null;
  }

  private Step readPayload() {
    while (remaining > 0) {
      if (payloadLength == payload.length) {
        long grown = Math.min(payload.length * 2L, payloadLength + remaining);
        payload = Arrays.copyOf(payload, (int) grown);
      }
      int wanted = (int) Math.min(remaining, payload.length - payloadLength);
      int read = in.read(payload, payloadLength, wanted);
      if (read == RecvStream.ENDED) {
        return ended(true);
      }
      if (read == RecvStream.NOTHING_NOW) {
        return Step.NOTHING_NOW;
      }
      payloadLength += read;
      remaining -= read;
    }
    byte[] whole =
        payloadLength == payload.length ? payload : Arrays.copyOf(payload, payloadLength);
    payload = null;
    state = State.HEADER;
    frame = FramePayload.read(type, whole);
    return Step.FRAME;
  }

  private Step skip() {
    byte[] nowhere = new byte[(int) Math.min(remaining, SKIP_BUFFER)];
    while (remaining > 0) {
      int read = in.read(nowhere, 0, (int) Math.min(remaining, nowhere.length));
      if (read == RecvStream.ENDED) {
        return ended(true);
      }
      if (read == RecvStream.NOTHING_NOW) {
        return Step.NOTHING_NOW;
      }
      remaining -= read;
    }
    state = State.HEADER;
    return null;
  }

  /**
   * A stream that is reset, or whose connection ends, may stop anywhere; one that finishes must do
   * so between frames (§7.1).
   */
  private Step ended(boolean withinFrame) {
    if (withinFrame && in.ending() instanceof StreamEnding.Finished) {
      String where = headerLength > 0 ? "a frame's header" : FrameType.name(type);
      throw new ConnectionErrorException(
          Http3Error.H3_FRAME_ERROR, "stream " + in.id() + " finished within " + where);
    }
    return Step.END;
  }
}
