package dev.sluice.http3.webtransport;

import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Which bytes of which streams have arrived at one end, as its packets tell. */
final class Arrivals implements Tracer {
  private final Map<Long, BitSet> bytes = new HashMap<>();

  /** How many had, without a gap, when the stream was reset. */
  private final Map<Long, Integer> atReset = new HashMap<>();

  @Override
  public void on(long now, TraceEvent event) {
    if (event instanceof TraceEvent.PacketReceived packet) {
      packet
          .frames()
          .forEach(
              frame -> {
                switch (frame) {
                  case StreamFrame data -> {
                    int from = (int) data.offset();
                    bytes
                        .computeIfAbsent(data.streamId(), id -> new BitSet())
                        .set(from, from + data.data().length());
                  }
                  case ResetStreamFrame reset -> onReset(reset.streamId());
                  case ResetStreamAtFrame reset -> onReset(reset.streamId());
                  default -> {}
                }
              });
    }
  }

  private void onReset(long id) {
    atReset.putIfAbsent(id, withoutGap(id));
  }

  private int withoutGap(long id) {
    return bytes.getOrDefault(id, new BitSet()).nextClearBit(0);
  }

  /** The bytes from the beginning of the stream that came without a gap, and before any reset. */
  int of(long id) {
    return atReset.getOrDefault(id, withoutGap(id));
  }
}
