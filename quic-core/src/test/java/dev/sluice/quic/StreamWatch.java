package dev.sluice.quic;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches the STREAM frames of one connection, for those who wait until something has arrived: a
 * count of bytes that went out would not tell, since probes and what is sent again count there too.
 */
final class StreamWatch implements Tracer {
  private final Map<Long, BitSet> arrived = new HashMap<>();
  private final Map<Long, Long> sent = new HashMap<>();

  @Override
  public synchronized void on(long now, TraceEvent event) {
    if (event instanceof TraceEvent.PacketReceived packet) {
      for (StreamFrame frame : streamFrames(packet.frames())) {
        arrived
            .computeIfAbsent(frame.streamId(), id -> new BitSet())
            .set((int) frame.offset(), (int) frame.offset() + frame.data().length());
      }
      notifyAll();
    } else if (event instanceof TraceEvent.PacketSent packet) {
      for (StreamFrame frame : streamFrames(packet.frames())) {
        sent.merge(frame.streamId(), frame.offset() + frame.data().length(), Math::max);
      }
      notifyAll();
    }
  }

  private static List<StreamFrame> streamFrames(List<Frame> frames) {
    return frames.stream()
        .filter(StreamFrame.class::isInstance)
        .map(StreamFrame.class::cast)
        .toList();
  }

  /** Waits until the first bytes of a stream, so many of them, have come in. */
  synchronized void awaitArrived(long streamId, int bytes) throws InterruptedException {
    while (!arrived.containsKey(streamId) || arrived.get(streamId).nextClearBit(0) < bytes) {
      wait();
    }
  }

  /** Waits until the first bytes of a stream, so many of them, have gone out. */
  synchronized void awaitSent(long streamId, int bytes) throws InterruptedException {
    while (sent(streamId) < bytes) {
      wait();
    }
  }

  /** How far a stream has been sent: the position behind its last byte that went out. */
  synchronized long sent(long streamId) {
    return sent.getOrDefault(streamId, 0L);
  }
}
