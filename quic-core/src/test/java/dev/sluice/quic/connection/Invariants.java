package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Watcher;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.stream.StreamId;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * What holds for one side of a connection at every step, whatever the network does. Watches the
 * connection's own events, and the datagrams on the wire.
 */
final class Invariants implements Tracer, Watcher {
  private final boolean client;
  private final Map<PacketType, Long> lastSent = new HashMap<>();
  private final Set<PacketType> discarded = new HashSet<>();
  private final Map<Long, Long> streamLimits = new HashMap<>();
  private final Map<Long, Long> streamEnds = new HashMap<>();
  private final Map<Long, byte[]> streamBytes = new HashMap<>();
  private final Map<Long, BitSet> streamSent = new HashMap<>();
  private final Set<InetSocketAddress> selves;
  private final Map<InetSocketAddress, Stranger> strangers = new LinkedHashMap<>();
  private Stranger newest;
  private final Map<Long, Set<Stranger>> challenges = new HashMap<>();
  private final Set<Long> retiredIds = new HashSet<>();
  private final Map<String, Set<Long>> came = new HashMap<>();
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Map<String, Integer> perhapsInFlight = new HashMap<>();
  private final Set<String> early = new HashSet<>();
  private final Map<String, Object> peer = new HashMap<>();
  private long inFlightSaid = -1;
  private long maxData;
  private long maxBidi;
  private long maxUni;
  private long issuedIds = -1;
  private long retirePriorTo;
  private boolean moved;
  private boolean ended;
  private boolean peerClosed;

  /**
   * @param selves the addresses that this side was attached at; none to leave the wire unwatched
   */
  Invariants(boolean client, Set<InetSocketAddress> selves) {
    this.client = client;
    this.selves = selves;
  }

  // ---- what the connection says

  @Override
  public void on(long now, TraceEvent event) {
    switch (event) {
      case TraceEvent.PacketSent e -> onSent(e);
      case TraceEvent.PacketReceived e -> onReceived(e);
      case TraceEvent.PacketLost e -> {
        inFlight.remove(key(e.type(), e.packetNumber()));
        perhapsInFlight.remove(key(e.type(), e.packetNumber()));
      }
      case TraceEvent.KeyDiscarded e when e.type() == PacketType.ONE_RTT -> {}
      case TraceEvent.KeyDiscarded e -> {
        discarded.add(e.type());
        inFlightSaid = -1;
        if (e.type() == PacketType.ZERO_RTT) {
          // These go on as 1-RTT packets if the server takes them, and are forgotten if not.
          early.forEach(key -> perhaps(key));
        } else {
          inFlight.keySet().removeIf(k -> k.startsWith(space(e.type()) + ' '));
        }
      }
      // Initial keys anew: a Retry came, and everything starts over.
      case TraceEvent.KeyUpdated e when e.type() == PacketType.INITIAL -> inFlight.clear();
      case TraceEvent.ParametersSet e when !e.local() -> onParameters(e);
      case TraceEvent.ParametersSet e -> {
        if (newest != null && e.values().containsKey("retry_source_connection_id")) {
          newest.proven = true; // it has brought back a token
        }
      }
      case TraceEvent.RecoveryMetrics e when e.path() == 0 -> inFlightSaid = e.bytesInFlight();
      case TraceEvent.MigrationUpdated e -> moved |= e.state().isMove();
      case TraceEvent.ConnectionEnded e -> {
        assertTrue(!ended, "a connection ends once");
        ended = true;
      }
      default -> {}
    }
  }

  private void perhaps(String key) {
    Integer bytes = inFlight.remove(key);
    if (bytes != null) {
      perhapsInFlight.put(key, bytes);
    }
  }

  private void onSent(TraceEvent.PacketSent packet) {
    inFlightSaid = -1;
    assertTrue(!discarded.contains(packet.type()), () -> packet.type() + " after its keys");
    assertTrue(!peerClosed, "a packet after the peer's close");
    Long before = lastSent.put(spaceType(packet.type()), packet.packetNumber());
    assertTrue(before == null || before < packet.packetNumber(), "a packet number goes back");
    boolean counts = false;
    boolean probes = true;
    for (Frame frame : packet.frames()) {
      counts |= frame.isAckEliciting() || frame.type() == 0;
      probes &= asksForPath(frame);
      switch (frame) {
        case AckFrame ack -> assertCame(space(packet.type()), ack.ranges());
        case StreamFrame stream -> onStreamSent(stream);
        case HandshakeDoneFrame done -> assertTrue(!client, "HANDSHAKE_DONE from a client");
        case PathChallengeFrame challenge ->
            challenges
                .computeIfAbsent(challenge.data(), d -> new HashSet<>())
                .addAll(strangers.values());
        case NewConnectionIdFrame id -> onIdIssued(id);
        case DatagramFrame datagram ->
            assertTrue(
                datagram.encodedLength() <= limit("max_datagram_frame_size"), "too large a frame");
        default -> {}
      }
    }
    if (packet.type() == PacketType.ZERO_RTT) {
      early.add(key(packet.type(), packet.packetNumber()));
    }
    if (counts) {
      // What only asks whether a path works need not count for any (RFC 9000 §9.4).
      (probes ? perhapsInFlight : inFlight)
          .put(key(packet.type(), packet.packetNumber()), packet.bytes());
    }
  }

  private static boolean asksForPath(Frame frame) {
    return frame instanceof PathChallengeFrame
        || frame instanceof PathResponseFrame
        || frame instanceof PaddingFrame;
  }

  private void onReceived(TraceEvent.PacketReceived packet) {
    boolean fresh =
        came.computeIfAbsent(space(packet.type()), s -> new HashSet<>()).add(packet.packetNumber());
    assertTrue(fresh, "a packet is processed twice");
    if (packet.type() == PacketType.HANDSHAKE && newest != null) {
      newest.proven = true; // others are by answers to challenges (§8.1, §8.2)
    }
    for (Frame frame : packet.frames()) {
      switch (frame) {
        case AckFrame ack -> forget(space(packet.type()), ack.ranges());
        case PathResponseFrame response ->
            challenges.getOrDefault(response.data(), Set.of()).forEach(s -> s.proven = true);
        case RetireConnectionIdFrame retired -> retiredIds.add(retired.sequence());
        case MaxDataFrame max -> maxData = Math.max(maxData, max.maximum());
        case MaxStreamDataFrame max -> streamLimits.merge(max.streamId(), max.maximum(), Math::max);
        case MaxStreamsFrame max when max.bidirectional() ->
            maxBidi = Math.max(maxBidi, max.maximum());
        case MaxStreamsFrame max -> maxUni = Math.max(maxUni, max.maximum());
        default -> {}
      }
    }
    compareInFlight();
  }

  /** No more connection IDs than the peer keeps (RFC 9000 §5.1.1). */
  private void onIdIssued(NewConnectionIdFrame id) {
    issuedIds = Math.max(issuedIds, id.sequence());
    retirePriorTo = Math.max(retirePriorTo, id.retirePriorTo());
    long active =
        LongStream.rangeClosed(retirePriorTo, issuedIds)
            .filter(sequence -> !retiredIds.contains(sequence))
            .count();
    long most = Math.max(2, limit("active_connection_id_limit"));
    assertTrue(active <= most, () -> active + " connection IDs, and the peer keeps " + most);
  }

  private void onParameters(TraceEvent.ParametersSet parameters) {
    peer.putAll(parameters.values());
    maxData = Math.max(maxData, limit("initial_max_data"));
    maxBidi = Math.max(maxBidi, limit("initial_max_streams_bidi"));
    maxUni = Math.max(maxUni, limit("initial_max_streams_uni"));
  }

  /** No stream, and no sum of streams, goes beyond what the peer allowed (RFC 9000 §4.1). */
  private void onStreamSent(StreamFrame frame) {
    long id = frame.streamId();
    assertSameAsBefore(frame);
    streamEnds.merge(id, frame.offset() + frame.data().length(), Math::max);
    if (peer.isEmpty()) {
      return; // 0-RTT: under what was remembered
    }
    long limit = Math.max(initialStreamLimit(id), streamLimits.getOrDefault(id, 0L));
    assertTrue(streamEnds.get(id) <= limit, () -> "stream " + id + " beyond " + limit);
    long total = streamEnds.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(total <= maxData, () -> total + " bytes beyond MAX_DATA " + maxData);
    if (StreamId.isClientInitiated(id) == client) {
      long allowed = StreamId.isBidirectional(id) ? maxBidi : maxUni;
      assertTrue(StreamId.index(id) < allowed, () -> "stream " + id + " beyond " + allowed);
    }
  }

  /** However often a byte is sent, it stays what it was (§2.2). */
  private void assertSameAsBefore(StreamFrame frame) {
    int from = (int) frame.offset();
    byte[] data = frame.data().toArray();
    byte[] known = streamBytes.getOrDefault(frame.streamId(), new byte[0]);
    if (known.length < from + data.length) {
      known = Arrays.copyOf(known, 2 * (from + data.length));
      streamBytes.put(frame.streamId(), known);
    }
    BitSet sent = streamSent.computeIfAbsent(frame.streamId(), id -> new BitSet());
    for (int i = 0; i < data.length; i++) {
      assertTrue(!sent.get(from + i) || known[from + i] == data[i], "a byte is another now");
      known[from + i] = data[i];
    }
    sent.set(from, from + data.length);
  }

  private long initialStreamLimit(long id) {
    if (!StreamId.isBidirectional(id)) {
      return limit("initial_max_stream_data_uni");
    }
    return limit(
        StreamId.isClientInitiated(id) == client
            ? "initial_max_stream_data_bidi_remote"
            : "initial_max_stream_data_bidi_local");
  }

  private long limit(String name) {
    return peer.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /**
   * Every in-flight packet is counted, once, and no other. What recovery says comes before the
   * packet whose ACK it follows; with several paths it speaks of one of them.
   */
  private void compareInFlight() {
    if (inFlightSaid >= 0 && !moved) {
      long least = inFlight.values().stream().mapToLong(Integer::longValue).sum();
      long more = perhapsInFlight.values().stream().mapToLong(Integer::longValue).sum();
      assertTrue(
          least <= inFlightSaid && inFlightSaid <= least + more,
          () -> "bytes in flight: " + inFlightSaid + ", not " + least);
    }
    inFlightSaid = -1;
  }

  private void assertCame(String space, AckRanges ranges) {
    Set<Long> numbers = came.getOrDefault(space, Set.of());
    for (int i = 0; i < ranges.count(); i++) {
      for (long number = ranges.smallest(i); number <= ranges.largest(i); number++) {
        assertTrue(numbers.contains(number), "acknowledges what did not come");
      }
    }
  }

  private void forget(String space, AckRanges ranges) {
    Predicate<String> acked = k -> k.startsWith(space + ' ') && ranges.contains(number(k));
    inFlight.keySet().removeIf(acked);
    perhapsInFlight.keySet().removeIf(acked);
  }

  private static long number(String key) {
    return Long.parseLong(key.substring(key.lastIndexOf(' ') + 1));
  }

  private static String key(PacketType type, long number) {
    return space(type) + ' ' + number;
  }

  private static String space(PacketType type) {
    return spaceType(type).name();
  }

  private static PacketType spaceType(PacketType type) {
    return type == PacketType.ZERO_RTT ? PacketType.ONE_RTT : type;
  }

  // ---- what is on the wire

  /** Who a server has heard from. It owes nobody more than three times their bytes (§8). */
  private static final class Stranger {
    long received;
    long sent;
    boolean proven;
  }

  @Override
  public void sent(long now, Datagram datagram) {
    if (!selves.contains(datagram.source())) {
      return;
    }
    if (peer.get("max_udp_payload_size") instanceof Number most) {
      assertTrue(datagram.length() <= most.longValue(), () -> "larger than " + most);
    }
    if (!client) {
      Stranger to = strangers.computeIfAbsent(datagram.destination(), a -> new Stranger());
      to.sent += datagram.length();
      assertTrue(
          to.proven || to.sent <= 3 * to.received,
          () -> to.sent + " bytes to " + datagram.destination() + " for " + to.received);
    }
  }

  @Override
  public void arrived(long now, Datagram datagram) {
    if (!client && selves.contains(datagram.destination())) {
      newest = strangers.computeIfAbsent(datagram.source(), a -> new Stranger());
      newest.received += datagram.length();
    }
  }
}
