package dev.sluice.http3.connection;

import dev.sluice.http3.frame.FrameType;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What has arrived of each stream at one end, as its packets tell. */
public final class Arrivals implements Tracer {
  /**
   * What can be told of a message from the bytes that have arrived.
   *
   * @param sections HEADERS frames that are whole
   * @param content bytes in DATA frames, also in one that is not whole
   * @param whole whether the stream's end came too
   */
  record Message(int sections, int content, boolean whole) {}

  private static final class Stream {
    private final BitSet arrived = new BitSet();
    private byte[] bytes = new byte[0];
    private int size = -1;
    private int atReset = -1;

    void add(StreamFrame frame) {
      int from = (int) frame.offset();
      int to = from + frame.data().length();
      if (to > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(to, 2 * bytes.length));
      }
      System.arraycopy(frame.data().toArray(), 0, bytes, from, to - from);
      arrived.set(from, to);
      size = frame.fin() ? to : size;
    }

    void reset() {
      atReset = atReset < 0 ? arrived.nextClearBit(0) : atReset;
    }

    int length() {
      return atReset < 0 ? arrived.nextClearBit(0) : atReset;
    }

    Message message() {
      int length = length();
      int sections = 0;
      int content = 0;
      WireReader reader = new WireReader(bytes, 0, length);
      try {
        while (reader.remaining() > 0) {
          long type = reader.varInt();
          int frame = (int) reader.varInt();
          int here = Math.min(frame, reader.remaining());
          content += type == FrameType.DATA ? here : 0;
          sections += type == FrameType.HEADERS && here == frame ? 1 : 0;
          reader.skip(here);
        }
      } catch (WireException e) {
        // The frame's header is not whole.
      }
      return new Message(sections, content, length == size);
    }
  }

  private final Map<Long, Stream> streams = new HashMap<>();

  @Override
  public void on(long now, TraceEvent event) {
    if (event instanceof TraceEvent.PacketReceived packet) {
      packet
          .frames()
          .forEach(
              frame -> {
                switch (frame) {
                  case StreamFrame data -> stream(data.streamId()).add(data);
                  case ResetStreamFrame reset -> stream(reset.streamId()).reset();
                  case ResetStreamAtFrame reset -> stream(reset.streamId()).reset();
                  default -> {}
                }
              });
    }
  }

  private Stream stream(long id) {
    return streams.computeIfAbsent(id, any -> new Stream());
  }

  /** The bytes from the beginning of the stream that came without a gap, and before any reset. */
  public int length(long id) {
    return stream(id).length();
  }

  /** What these are of a message. */
  Message message(long id) {
    return stream(id).message();
  }
}
