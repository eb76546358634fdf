package dev.sluice.quic.connection;

import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.trace.TracedHeader;
import dev.sluice.quic.wire.ConnectionId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells those who watch of packets and datagrams, and of the paths that they take. Nothing is made
 * for them where nobody watches: whoever calls with every packet asks {@link #isOn()} first.
 */
final class PacketTrace {
  private final Connection connection;

  /** What was said of each path; those that are gone are taken out. Null before anything was. */
  private Map<Integer, TraceEvent.PathAssigned> assigned;

  PacketTrace(Connection connection) {
    this.connection = connection;
  }

  /** Whether somebody wants to hear of every packet. */
  boolean isOn() {
    return connection.tracer.wantsPackets();
  }

  private void tell(TraceEvent event, long now) {
    connection.tracer.on(now, event);
  }

  /**
   * A packet is about to be sealed.
   *
   * @param end the index after its tag
   */
  void onSent(PacketDraft draft, int end, Path path, long now) {
    assign(path, null, now);
    ConnectionId destination = path.destination().id();
    PacketType type = draft.type();
    TracedHeader header =
        type == PacketType.ONE_RTT
            ? TracedHeader.ofShort(draft.number(), destination, draft.keyPhase())
            : TracedHeader.ofLong(
                type,
                draft.number(),
                connection.versions.forSending(type).number(),
                destination,
                connection.ids.localFirst(),
                token(type == PacketType.INITIAL ? connection.firstFlight.token().length() : 0));
    boolean mtuProbe = path.recovery().mtu().isProbe(draft.number()) && type == PacketType.ONE_RTT;
    tell(
        new TraceEvent.PacketSent(
            header, path.id(), end - draft.start(), mtuProbe, draft.frames(end)),
        now);
  }

  private TracedHeader.Token token(int length) {
    return length == 0
        ? TracedHeader.Token.NONE
        : new TracedHeader.Token(connection.ids.retrySource() != null, length);
  }

  /** An authentic packet, of which all frames have been read. */
  void onReceived(InboundPacket packet, long now) {
    assign(packet.path(), packet.destination(), now);
    TracedHeader header =
        packet.type() == PacketType.ONE_RTT
            ? TracedHeader.ofShort(
                packet.number(),
                packet.destination(),
                connection.spaces.oneRtt().phaseOf(packet.keyPhaseBit()))
            : TracedHeader.ofLong(
                packet.type(),
                packet.number(),
                packet.version(),
                packet.destination(),
                packet.source(),
                token(packet.tokenLength()));
    tell(
        new TraceEvent.PacketReceived(
            header, packet.path().id(), packet.wireLength(), packet.takeTraced()),
        now);
  }

  /** A packet without a number, on which the client has acted. */
  void onReceived(PacketHeader header, long now) {
    if (!isOn()) {
      return;
    }
    switch (header) {
      case RetryHeader retry ->
          tell(
              new TraceEvent.PacketReceived(
                  new TracedHeader(
                      PacketType.RETRY,
                      -1,
                      retry.version().number(),
                      retry.destination(),
                      retry.source(),
                      -1,
                      new TracedHeader.Token(true, retry.token().length())),
                  0,
                  retry.end() - retry.start(),
                  List.of()),
              now);
      case VersionNegotiationHeader offer ->
          tell(
              new TraceEvent.VersionNegotiationReceived(
                  new TracedHeader(
                      PacketType.VERSION_NEGOTIATION,
                      -1,
                      0,
                      offer.destination(),
                      offer.source(),
                      -1,
                      TracedHeader.Token.NONE),
                  Arrays.stream(offer.versions()).boxed().toList()),
              now);
      default -> throw new IllegalArgumentException(header.toString());
    }
  }

  /** A packet waits for its keys. */
  void onBuffered(PacketType type, int bytes, long now) {
    if (connection.tracer.isEnabled()) {
      tell(new TraceEvent.PacketBuffered(type, bytes), now);
    }
  }

  /**
   * A packet cannot be used.
   *
   * @param type null where it is not known
   */
  void onDropped(PacketType type, int bytes, DropCause cause, String reason, long now) {
    if (connection.tracer.isEnabled()) {
      tell(new TraceEvent.PacketDropped(type, bytes, cause, reason), now);
    }
  }

  /** A datagram was added to the batch. */
  void onDatagramSent(Path path, int bytes, int ecn, long now) {
    if (isOn()) {
      tell(new TraceEvent.DatagramSent(path.id(), bytes, ecn), now);
    }
  }

  /**
   * A datagram came.
   *
   * @param path null for one that leads nowhere
   */
  void onDatagramReceived(Path path, int bytes, int ecn, long now) {
    if (!isOn()) {
      return;
    }
    if (path == null) {
      tell(new TraceEvent.DatagramDropped(bytes), now);
    } else {
      tell(new TraceEvent.DatagramReceived(path.id(), bytes, ecn), now);
    }
  }

  /** A datagram of RFC 9221 goes to the application, or comes from it. */
  void onDatagramMoved(boolean toApplication, int bytes) {
    if (isOn()) {
      connection.trace(() -> new TraceEvent.DatagramDataMoved(toApplication, bytes));
    }
  }

  /**
   * Says what a path is when it is used first, and when its connection IDs change.
   *
   * @param own the ID by which the peer has just addressed this side on it; null when this side
   *     sends
   */
  private void assign(Path path, ConnectionId own, long now) {
    if (assigned == null) {
      assigned = new HashMap<>();
    }
    TraceEvent.PathAssigned before = assigned.get(path.id());
    ConnectionId ours = own != null ? own : before == null ? null : before.own();
    ConnectionId peers = path.destination() == null ? null : path.destination().id();
    if (before != null && equal(before.own(), ours) && equal(before.peers(), peers)) {
      return;
    }
    if (before == null) {
      forgetOthers(now);
    } else {
      tellIds(before, ours, peers, now);
    }
    TraceEvent.PathAssigned said =
        new TraceEvent.PathAssigned(path.id(), path.local(), path.remote(), ours, peers);
    assigned.put(path.id(), said);
    tell(said, now);
  }

  private void tellIds(
      TraceEvent.PathAssigned before, ConnectionId ours, ConnectionId peers, long now) {
    if (!equal(before.own(), ours) && before.own() != null) {
      tell(new TraceEvent.ConnectionIdUpdated(true, before.own(), ours), now);
    }
    if (!equal(before.peers(), peers) && before.peers() != null && peers != null) {
      tell(new TraceEvent.ConnectionIdUpdated(false, before.peers(), peers), now);
    }
  }

  private void forgetOthers(long now) {
    assigned
        .keySet()
        .removeIf(
            id -> {
              boolean gone = !connection.paths.isKept(id);
              if (gone) {
                tell(new TraceEvent.PathAbandoned(id), now);
              }
              return gone;
            });
  }

  private static boolean equal(ConnectionId one, ConnectionId other) {
    return one == null ? other == null : one.equals(other);
  }
}
