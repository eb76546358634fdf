package dev.sluice.quic.connection;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Everything that one side's connection did with packets and keys, in order. */
final class PacketLog implements Tracer {

  /** One thing that it did. */
  sealed interface Entry {}

  /** A packet left, or came and was authentic. */
  record Packet(
      long time, boolean sent, PacketType type, long number, int bytes, List<Frame> frames)
      implements Entry {

    boolean has(Class<? extends Frame> kind) {
      return frames.stream().anyMatch(kind::isInstance);
    }

    boolean elicitsAck() {
      return frames.stream().anyMatch(Frame::isAckEliciting);
    }
  }

  /** The keys of a type of packets went. */
  record Discarded(long time, PacketType type) implements Entry {}

  /** Packets sent from here on are under 1-RTT keys of this phase. */
  record Updated(long time, long phase) implements Entry {}

  /** TLS is done (RFC 9001 §4.1.1). */
  record Completed(long time) implements Entry {}

  /** A packet came before its keys. */
  record Buffered(long time) implements Entry {}

  private final List<Entry> entries = new ArrayList<>();

  @Override
  public void on(long now, TraceEvent event) {
    switch (event) {
      case TraceEvent.PacketSent e ->
          entries.add(
              new Packet(now, true, e.type(), e.packetNumber(), e.bytes(), copies(e.frames())));
      case TraceEvent.PacketReceived e ->
          entries.add(
              new Packet(now, false, e.type(), e.packetNumber(), e.bytes(), copies(e.frames())));
      case TraceEvent.KeyDiscarded e
          when e.type() != PacketType.ONE_RTT && (e.send() || e.type() == PacketType.ZERO_RTT) ->
          entries.add(new Discarded(now, e.type()));
      case TraceEvent.KeyUpdated e when e.send() && e.phase() > 0 ->
          entries.add(new Updated(now, e.phase()));
      case TraceEvent.PacketBuffered e -> entries.add(new Buffered(now));
      case TraceEvent.ConnectionStateUpdated e
          when e.state() == TraceEvent.ConnectionState.HANDSHAKE_COMPLETE ->
          entries.add(new Completed(now));
      default -> {}
    }
  }

  /** All entries, oldest first. */
  List<Entry> entries() {
    return entries;
  }

  /** The packets that left. */
  List<Packet> sent() {
    return packets(Packet::sent);
  }

  /** The packets that came. */
  List<Packet> received() {
    return packets(p -> !p.sent());
  }

  /** Frames of a kind that left, in order. */
  <F extends Frame> Stream<F> sentFrames(Class<F> kind) {
    return sent().stream()
        .flatMap(p -> p.frames().stream())
        .filter(kind::isInstance)
        .map(kind::cast);
  }

  /** Where the first entry like this stands; -1 for nowhere. */
  int indexOf(Predicate<Entry> wanted) {
    for (int i = 0; i < entries.size(); i++) {
      if (wanted.test(entries.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private List<Packet> packets(Predicate<Packet> wanted) {
    return entries.stream()
        .filter(Packet.class::isInstance)
        .map(Packet.class::cast)
        .filter(wanted)
        .toList();
  }

  /** The frames of an event lie in a buffer that is used again. */
  private static List<Frame> copies(List<Frame> frames) {
    List<Frame> copies = new ArrayList<>();
    for (Frame frame : frames) {
      WireWriter out = new WireWriter(new byte[frame.encodedLength()], 0, frame.encodedLength());
      frame.write(out);
      copies.add(FrameReader.read(WireReader.of(out.buffer())));
    }
    return copies;
  }
}
