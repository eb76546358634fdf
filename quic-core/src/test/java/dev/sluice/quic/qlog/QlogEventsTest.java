package dev.sluice.quic.qlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.AnyFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.ConnectionState;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.trace.TraceEvent.KeyTrigger;
import dev.sluice.quic.trace.TraceEvent.MigrationState;
import dev.sluice.quic.trace.TraceEvent.TimerState;
import dev.sluice.quic.trace.TracedHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.testkit.qlog.QlogSchema;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Each event and each frame by itself, held against the schema of the drafts. */
class QlogEventsTest {
  private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 4433);
  private static final InetSocketAddress THERE = new InetSocketAddress("2001:db8::1", 443);
  private static final ConnectionId ID = ConnectionId.of(new byte[] {1, 2, 3, (byte) 0xff});
  private static final ConnectionId OTHER = ConnectionId.of(new byte[0]);

  private final QlogRecords records = new QlogRecords();
  private final QlogTrace trace = new QlogTrace(records::add, Instant.EPOCH);

  private void trace(TraceEvent... events) {
    for (TraceEvent event : events) {
      trace.on(1_000_000, event);
    }
  }

  private void assertValid() {
    assertEquals(List.of(), QlogSchema.require().faults(records));
  }

  private static TracedHeader longHeader(PacketType type) {
    return TracedHeader.ofLong(type, 3, 1, ID, OTHER, new TracedHeader.Token(true, 20));
  }

  private void traceEveryKind() {
    TracedHeader shortHeader = TracedHeader.ofShort(7, ID, 2);
    trace(
        new TraceEvent.ConnectionStarted(true, null, THERE, ID),
        new TraceEvent.ConnectionStateUpdated(ConnectionState.HANDSHAKE_COMPLETE),
        new TraceEvent.ConnectionIdUpdated(true, ID, OTHER),
        new TraceEvent.PathAssigned(1, HERE, THERE, ID, null),
        new TraceEvent.PathAbandoned(1),
        new TraceEvent.MigrationUpdated(MigrationState.PROBING_STARTED, 1, null, THERE),
        new TraceEvent.MtuUpdated(0, 1200, 1452, true),
        new TraceEvent.VersionChosen(List.of(1, 0x6b3343cf), List.of(), 1),
        new TraceEvent.ProtocolChosen("h3"),
        new TraceEvent.ParametersSet(true, Map.of("max_idle_timeout", 30_000L)),
        new TraceEvent.ParametersRestored(Map.of("max_idle_timeout", 1L, "max_ack_delay", 2L)),
        new TraceEvent.TlsNegotiated("AES_128_GCM_SHA256", true, false),
        new TraceEvent.KeyUpdated(PacketType.ONE_RTT, true, 1, KeyTrigger.LOCAL_UPDATE),
        new TraceEvent.KeyDiscarded(PacketType.ZERO_RTT, false, 0, KeyTrigger.TLS),
        new TraceEvent.PacketSent(longHeader(PacketType.INITIAL), 0, 1200, false, List.of()),
        new TraceEvent.PacketSent(shortHeader, 1, 1400, true, List.of()),
        new TraceEvent.PacketReceived(longHeader(PacketType.HANDSHAKE), 0, 90, List.of()),
        new TraceEvent.PacketReceived(shortHeader, 0, 90, List.of()),
        new TraceEvent.VersionNegotiationReceived(
            new TracedHeader(
                PacketType.VERSION_NEGOTIATION, -1, 0, ID, OTHER, -1, TracedHeader.Token.NONE),
            List.of(1)),
        new TraceEvent.PacketBuffered(PacketType.ONE_RTT, 50),
        new TraceEvent.DatagramSent(0, 1200, 2),
        new TraceEvent.DatagramReceived(1, 1200, 3),
        new TraceEvent.DatagramDropped(20),
        new TraceEvent.StreamStateUpdated(4, true),
        new TraceEvent.StreamStateUpdated(3, false),
        new TraceEvent.StreamDataMoved(3, true, 1L << 40, 5),
        new TraceEvent.StreamDataMoved(0, false, 0, 5),
        new TraceEvent.DatagramDataMoved(true, 5),
        new TraceEvent.ServerListening(THERE, true),
        new TraceEvent.VersionNegotiationSent(
            new TracedHeader(
                PacketType.VERSION_NEGOTIATION, -1, 0, ID, OTHER, -1, TracedHeader.Token.NONE),
            30,
            List.of(1)),
        new TraceEvent.StatelessResetSent(41),
        new TraceEvent.PacketsAcked(PacketType.HANDSHAKE, 0, List.of(1L, 2L)),
        new TraceEvent.PacketLost(PacketType.ONE_RTT, 9, 0, true, true),
        new TraceEvent.RecoveryParameters(
            0, "cubic", 3, 1.125, 1_000_000, 333_000_000, 1200, 12_000, 2400, 3),
        new TraceEvent.RecoveryMetrics(
            0, 5_000_000, 4, 3, 2, 1, 12_000, 1200, Long.MAX_VALUE, Long.MAX_VALUE),
        new TraceEvent.CongestionStateUpdated(0, null, "slow_start", null),
        new TraceEvent.CongestionStateUpdated(0, "slow_start", "recovery", "packet_loss"),
        new TraceEvent.EcnStateUpdated(0, "testing", "capable"),
        new TraceEvent.TimerUpdated(TimerState.SET, true, PacketType.INITIAL, 999_999),
        new TraceEvent.TimerUpdated(TimerState.CANCELLED, true, null, 0));
    for (DropCause cause : DropCause.values()) {
      trace(
          new TraceEvent.PacketDropped(null, 30, cause, "said \"no\""),
          new TraceEvent.PacketDropped(PacketType.RETRY, 30, cause, "\u0000"));
    }
    for (PacketType type : PacketType.values()) {
      trace(
          new TraceEvent.KeyUpdated(type, true, 0, KeyTrigger.TLS),
          new TraceEvent.PacketBuffered(type, 1));
    }
    for (MigrationState state : MigrationState.values()) {
      trace(new TraceEvent.MigrationUpdated(state, 2, HERE, THERE));
    }
    for (ConnectionState state : ConnectionState.values()) {
      trace(new TraceEvent.ConnectionStateUpdated(state));
    }
    traceEndings();
  }

  private void traceEndings() {
    for (long code : new long[] {0, 1, 0x10, 0x11, 0x12a, 0x1ff, 0x4000, 1L << 61}) {
      trace(
          new TraceEvent.ConnectionEnded(
              new ConnectionEnding.TransportClose(Side.PEER, code, 6, "no\n")));
    }
    for (long code : new long[] {0, 0x100, 0x10e, 0x110, 0x111}) {
      trace(
          new TraceEvent.ConnectionEnded(
              new ConnectionEnding.ApplicationClose(Side.LOCAL, code, "")));
    }
    trace(
        new TraceEvent.ConnectionEnded(new ConnectionEnding.IdleTimeout(1)),
        new TraceEvent.ConnectionEnded(new ConnectionEnding.HandshakeTimeout(1)),
        new TraceEvent.ConnectionEnded(new ConnectionEnding.StatelessReset()),
        new TraceEvent.ConnectionEnded(new ConnectionEnding.VersionMismatch(List.of(1))),
        new TraceEvent.ConnectionEnded(new ConnectionEnding.Unreachable("no route")));
  }

  @Test
  void everyEvent() {
    traceEveryKind();
    assertValid();
  }

  /** Whoever adds an event has to add it here as well. */
  @Test
  void noneIsMissingHere() {
    traceEveryKind();
    Set<String> names = new HashSet<>();
    records.events().forEach(e -> names.add(e.get("name").asText()));
    // Five events share their name with another, and what is above QUIC has names of its own.
    assertEquals(TraceEvent.class.getPermittedSubclasses().length - 6, names.size());
  }

  /** What is neither written nor on this list, the table of the package forgets. */
  @Test
  void whatIsNotWrittenHasItsReason() {
    QlogSchema schema = QlogSchema.require();
    Set<String> unwritten =
        Set.of(
            "quic:spin_bit_updated",
            "quic:frames_created",
            "quic:frames_parsed",
            "quic:connection_data_blocked_updated",
            "quic:stream_data_blocked_updated",
            "quic:datagram_data_blocked_updated",
            "quic:marked_for_retransmit");
    traceEveryKind();
    Set<String> names = new HashSet<>(unwritten);
    records.events().forEach(e -> names.add(e.get("name").asText()));
    assertTrue(names.stream().allMatch(schema::knows), names::toString);
    // Beside HTTP/3's nine events and two of HTTP's, which http3-core writes or does not.
    assertEquals(schema.kinds(), names.size() + 9 + 2);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void everyFrame(@ForAll("packets") List<Frame> frames) {
    trace(
        new TraceEvent.ProtocolChosen("h3"),
        new TraceEvent.PacketSent(TracedHeader.ofShort(1, ID, 0), 0, 99, false, frames),
        new TraceEvent.PacketReceived(TracedHeader.ofShort(1, ID, 0), 0, 99, frames));
    QlogSchema.find().ifPresent(schema -> assertEquals(List.of(), schema.faults(records)));
    assertFalse(records.events().toString().contains("stateless_reset_token"));
  }

  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void noFrameIsMissingThere(@ForAll("manyFrames") List<Frame> frames) {
    Set<Class<?>> kinds = new HashSet<>();
    frames.forEach(frame -> kinds.add(frame.getClass()));
    assertEquals(Set.of(Frame.class.getPermittedSubclasses()), kinds);
  }

  @Provide
  Arbitrary<List<Frame>> packets() {
    return AnyFrame.frame().list().ofMinSize(1).ofMaxSize(8);
  }

  @Provide
  Arbitrary<List<Frame>> manyFrames() {
    return AnyFrame.frame().list().ofSize(2000);
  }

  /** A delay travels in units that the sender of the frame has announced (RFC 9000 §18.2). */
  @Test
  void delaysInTheUnitOfWhoeverSends() {
    AckFrame ack = new AckFrame(1, 8, AckRanges.of(0, 1), null);
    TracedHeader header = TracedHeader.ofShort(1, ID, 0);
    trace(
        new TraceEvent.ParametersSet(true, Map.of("ack_delay_exponent", 0L)),
        new TraceEvent.ParametersSet(false, Map.of("ack_delay_exponent", 10L)),
        new TraceEvent.PacketSent(header, 0, 40, false, List.of(ack)),
        new TraceEvent.PacketReceived(header, 0, 40, List.of(ack)));
    assertEquals(0.008, delay("quic:packet_sent"));
    assertEquals(8.192, delay("quic:packet_received"));
  }

  private double delay(String event) {
    return records.frames(event, "ack").findFirst().orElseThrow().get("ack_delay").asDouble();
  }

  @Test
  void bytesAreHexadecimal() {
    trace(
        new TraceEvent.ParametersSet(
            false,
            Map.of(
                "unknown_parameters",
                List.of(Map.of("id", 27L, "value", Bytes.of(new byte[] {0, (byte) 0xab}))))));
    assertValid();
    assertTrue(records.events().toString().contains("\"00ab\""));
  }
}
