package dev.sluice.quic.stream;

import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.recovery.StreamRanges;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One end of a connection for tests: its streams, what they announced, and packets in and out. */
final class StreamsEnd implements StreamListener {

  /** A packet's payload, and what to give back when it arrives or is lost. */
  record Packet(byte[] payload, List<RecoveryToken> tokens, List<Carried> carried) {
    List<Frame> frames() {
      List<Frame> frames = new ArrayList<>();
      for (WireReader in = WireReader.of(payload); in.hasRemaining(); ) {
        frames.add(FrameReader.read(in));
      }
      return frames;
    }
  }

  /** What a STREAM frame in a packet carried. */
  record Carried(long streamId, long offset, int length, boolean fin) {}

  final Streams streams;
  final ChunkPool pool = new ChunkPool();
  final List<String> events = new ArrayList<>();
  final Map<Long, RecvStream> received = new LinkedHashMap<>();
  final Map<Long, SendStream> answers = new LinkedHashMap<>();
  private final PacketContents contents = new PacketContents();

  StreamsEnd(boolean client, StreamConfig config) {
    streams = new Streams(client, config, this, pool);
  }

  StreamsEnd(boolean client, StreamConfig config, StreamLimits peer) {
    this(client, config);
    streams.onPeerLimits(peer);
    streams.onPeerResetAt(true);
  }

  /** The next packet of at most {@code size} bytes; null when there is nothing to send. */
  Packet send(int size, long now) {
    if (!streams.hasControl() && !streams.hasData()) {
      return null;
    }
    WireWriter out = new WireWriter(new byte[size], 0, size);
    contents.begin(out);
    streams.writeControl(contents, now);
    streams.writeData(contents, now);
    byte[] payload = Bytes.of(out.buffer(), 0, out.position()).toArray();
    List<Carried> carried = new ArrayList<>();
    StreamRanges ranges = contents.streams();
    for (long at = ranges.first(); at < ranges.end(); at++) {
      carried.add(
          new Carried(ranges.streamId(at), ranges.offset(at), ranges.length(at), ranges.fin(at)));
    }
    return new Packet(payload, List.copyOf(contents.tokens()), carried);
  }

  Packet send() {
    return send(1200, 0);
  }

  /** All frames that can be sent now. */
  List<Frame> sendAll() {
    List<Frame> frames = new ArrayList<>();
    for (Packet packet = send(); packet != null; packet = send()) {
      frames.addAll(packet.frames());
    }
    return frames;
  }

  void receive(Packet packet, long now) {
    packet.frames().forEach(frame -> receive(frame, now));
  }

  void receive(Frame frame) {
    receive(frame, 0);
  }

  void receive(Frame frame, long now) {
    switch (frame) {
      case StreamFrame f -> streams.onFrame(f, now);
      case ResetStreamFrame f -> streams.onFrame(f, now);
      case ResetStreamAtFrame f -> streams.onFrame(f, now);
      case StopSendingFrame f -> streams.onFrame(f, now);
      case MaxDataFrame f -> streams.onFrame(f, now);
      case MaxStreamDataFrame f -> streams.onFrame(f, now);
      case MaxStreamsFrame f -> streams.onFrame(f, now);
      case DataBlockedFrame f -> streams.onFrame(f, now);
      case StreamDataBlockedFrame f -> streams.onFrame(f, now);
      case StreamsBlockedFrame f -> streams.onFrame(f, now);
      default -> throw new AssertionError("not a frame of streams: " + frame);
    }
  }

  void acked(Packet packet) {
    packet.tokens.forEach(streams::onAcked);
    packet.carried.forEach(c -> streams.onDataAcked(c.streamId, c.offset, c.length, c.fin));
  }

  void lost(Packet packet) {
    packet.tokens.forEach(streams::onLost);
    packet.carried.forEach(c -> streams.onDataLost(c.streamId, c.offset, c.length, c.fin));
  }

  /** The events since the last call. */
  List<String> takeEvents() {
    List<String> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  @Override
  public void opened(RecvStream recv, SendStream send) {
    events.add("opened " + recv.id());
    received.put(recv.id(), recv);
    if (send != null) {
      answers.put(send.id(), send);
    }
  }

  @Override
  public void readable(RecvStream recv) {
    events.add("readable " + recv.id());
  }

  @Override
  public void writable(SendStream send) {
    events.add("writable " + send.id());
  }

  @Override
  public void stopped(SendStream send, long applicationCode) {
    events.add("stopped " + send.id() + " " + applicationCode);
  }

  @Override
  public void completed(SendStream send) {
    events.add("completed " + send.id());
  }

  @Override
  public void available(boolean bidirectional) {
    events.add("available " + (bidirectional ? "bidi" : "uni"));
  }
}
