package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.crypto.RetryIntegrity;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.UnknownVersionHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.tls.EncryptionLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The receive side: a datagram is taken apart into packets (RFC 9000 §12.2), each is opened (RFC
 * 9001 §5), and its frames are dispatched.
 */
final class Receiver {

  /** §14.1. */
  private static final int MIN_INITIAL_DATAGRAM = 1200;

  private final Connection connection;
  private final FrameDispatch dispatch;
  private final HeldPackets held = new HeldPackets();
  private final WireReader payload = WireReader.of(new byte[0]);
  private boolean keysArrived;

  Receiver(Connection connection) {
    this.connection = connection;
    this.dispatch = new FrameDispatch(connection);
  }

  /** Takes a datagram. Whatever it holds, this returns normally. */
  void receive(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    try {
      takeApart(buffer, offset, length, path, ecn, now);
      while (keysArrived && connection.closing.isOpen()) {
        keysArrived = false;
        for (HeldPackets.Held packet : held.takeAll()) {
          takeApart(packet.packet(), 0, packet.packet().length, packet.path(), packet.ecn(), now);
        }
      }
    } catch (TransportException violation) {
      close(violation.code(), violation.frameType(), violation.getMessage(), now);
    } catch (RuntimeException defect) {
      // A defect of ours. It must not take the other connections of the endpoint down with it.
      close(TransportError.INTERNAL_ERROR.code(), 0, defect.toString(), now);
    }
  }

  private void close(long code, long frameType, String reason, long now) {
    connection.closing.close(
        new ConnectionEnding.TransportClose(Side.LOCAL, code, frameType, reason), now);
  }

  /** Keys have come: what waited for them is opened as soon as the present datagram is done. */
  void keysArrived() {
    keysArrived = true;
  }

  private void takeApart(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    int end = offset + length;
    boolean small = length < MIN_INITIAL_DATAGRAM;
    for (int at = offset; at < end && connection.closing.isOpen(); ) {
      PacketHeader header =
          PacketParser.parse(buffer, at, end, connection.ids.localFirst().length());
      if (small && !connection.isClient() && isInitial(header)) {
        // A server must not act on it: an answer could amplify (§14.1).
        drop(end - at, "an Initial in a datagram below 1200 bytes", now);
        return;
      }
      at = header == null ? end : onPacket(header, buffer, end, path, ecn, now);
    }
  }

  private static boolean isInitial(PacketHeader header) {
    return header instanceof LongHeader packet && packet.type() == PacketType.INITIAL;
  }

  /** Returns where the next packet of the datagram begins. */
  private int onPacket(PacketHeader header, byte[] buffer, int end, Path path, int ecn, long now) {
    switch (header) {
      case LongHeader packet -> {
        onLong(packet, buffer, path, ecn, now);
        return packet.end();
      }
      case ShortHeader packet -> onShort(packet, buffer, path, ecn, now);
      case RetryHeader retry -> onRetry(retry, buffer, now);
      case VersionNegotiationHeader offer -> onVersionNegotiation(offer, now);
      case UnknownVersionHeader unknown -> drop(0, "a version that is not ours", now);
    }
    return end;
  }

  private void onLong(LongHeader header, byte[] buffer, Path path, int ecn, long now) {
    int length = header.end() - header.start();
    if (header.type() == PacketType.ZERO_RTT) {
      drop(length, "0-RTT was not accepted", now);
      return;
    }
    if (header.version() != connection.version || !isForUs(header)) {
      drop(length, "the version or a connection ID is not this connection's", now);
      return;
    }
    EncryptionLevel level =
        header.type() == PacketType.INITIAL ? EncryptionLevel.INITIAL : EncryptionLevel.HANDSHAKE;
    PacketSpace space = connection.spaces.of(level);
    if (space.receiveKeys() == null) {
      hold(space, buffer, header.start(), header.end(), path, ecn, now);
      return;
    }
    PacketKeys keys = space.receiveKeys();
    int numberLength =
        keys.unprotectHeader(buffer, header.start(), header.packetNumberOffset(), header.end());
    if (numberLength < 0) {
      drop(length, "too short for header protection", now);
      return;
    }
    Opened opened =
        open(
            space,
            keys,
            buffer,
            header.start(),
            header.packetNumberOffset(),
            numberLength,
            header.end());
    if (opened == null) {
      drop(length, "failed to authenticate", now);
      return;
    }
    if (connection.isClient() && connection.ids.peerFirst() == null) {
      connection.ids.onFirstPacket(header.source());
    }
    if (!connection.isClient() && level == EncryptionLevel.HANDSHAKE) {
      // Only who received our Initial can make these keys: the address is validated (§8.1).
      path.amplification().validate();
      connection.spaces.discard(EncryptionLevel.INITIAL, now);
    }
    process(header.type(), space, opened, buffer, header.destination(), path, ecn, now);
  }

  /** After the first packet the peer's ID must not change (§7.2). */
  private boolean isForUs(LongHeader header) {
    ConnectionId peer = connection.ids.peerFirst();
    return connection.ids.isOurs(header.destination())
        && (peer == null || peer.equals(header.source()));
  }

  private void onShort(ShortHeader header, byte[] buffer, Path path, int ecn, long now) {
    PacketSpace space = connection.spaces.application();
    OneRttKeys oneRtt = connection.spaces.oneRtt();
    int length = header.end() - header.start();
    // A server must not open 1-RTT packets before the handshake is complete (RFC 9001 §5.7).
    if (!oneRtt.canReceive() || !connection.handshake.isComplete()) {
      hold(space, buffer, header.start(), header.end(), path, ecn, now);
      return;
    }
    int numberLength =
        oneRtt.unprotectHeader(buffer, header.start(), header.packetNumberOffset(), header.end());
    Opened opened = null;
    PacketKeys keys = null;
    if (numberLength >= 0) {
      int phase = FirstByte.keyPhase(buffer[header.start()]) ? 1 : 0;
      long number = number(space, buffer, header.packetNumberOffset(), numberLength);
      keys = oneRtt.forReceiving(phase, number);
      opened =
          open(
              space,
              keys,
              buffer,
              header.start(),
              header.packetNumberOffset(),
              numberLength,
              header.end());
    }
    if (opened == null) {
      onUnauthentic(buffer, header, length, now);
      return;
    }
    oneRtt.onReceived(keys, opened.number(), now);
    process(PacketType.ONE_RTT, space, opened, buffer, header.destination(), path, ecn, now);
  }

  /** What does not authenticate may be a stateless reset (§10.3.1). */
  private void onUnauthentic(byte[] buffer, ShortHeader header, int length, long now) {
    if (length >= 21 && connection.ids.remote().isResetToken(buffer, header.end() - 16)) {
      connection.closing.endSilently(new ConnectionEnding.StatelessReset(), now);
      return;
    }
    connection.spaces.oneRtt().onFailedOpen();
    drop(length, "failed to authenticate", now);
  }

  /** A packet after its protection is removed; the payload stands in the datagram's buffer. */
  private record Opened(long number, int firstByte, int payloadStart, int payloadLength) {}

  private Opened open(
      PacketSpace space,
      PacketKeys keys,
      byte[] buffer,
      int start,
      int numberOffset,
      int numberLength,
      int end) {
    long number = number(space, buffer, numberOffset, numberLength);
    int payloadStart = numberOffset + numberLength;
    int length = keys.open(buffer, start, payloadStart - start, end - payloadStart, number);
    return length < 0 ? null : new Opened(number, buffer[start], payloadStart, length);
  }

  private static long number(PacketSpace space, byte[] buffer, int offset, int length) {
    long truncated = 0;
    for (int i = 0; i < length; i++) {
      truncated = truncated << 8 | buffer[offset + i] & 0xff;
    }
    return PacketNumber.decode(truncated, length, space.acks().largestReceived());
  }

  private void process(
      PacketType type,
      PacketSpace space,
      Opened packet,
      byte[] buffer,
      ConnectionId destination,
      Path path,
      int ecn,
      long now) {
    if (FirstByte.reservedBits(packet.firstByte()) != 0) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION, 0, type + " packet: reserved bits are not 0");
    }
    if (space.isDiscarded() || space.acks().isDuplicate(packet.number())) {
      drop(packet.payloadLength(), "duplicate", now);
      return;
    }
    boolean newest = packet.number() > space.acks().largestReceived();
    connection.counters.onPacketReceived();
    connection.timers.onPacketReceived(now);
    payload.reset(buffer, packet.payloadStart(), packet.payloadLength());
    Payload read = readFrames(type, new FrameDispatch.Origin(space, destination, path), now);
    space.acks().onReceived(packet.number(), read.ackEliciting(), ecn, now);
    connection.trace(
        now,
        () ->
            new TraceEvent.PacketReceived(
                type, packet.number(), packet.payloadLength(), read.traced()));
    if (!read.probing() && newest) {
      boolean anotherId = connection.ids.onAddressedBy(destination);
      if (path != connection.paths.active()) {
        connection.migration.onPeerMoved(path, anotherId, now);
      }
    }
  }

  /** What a packet's frames were, taken together; the list is empty unless somebody traces. */
  private record Payload(boolean ackEliciting, boolean probing, List<Frame> traced) {}

  private Payload readFrames(PacketType type, FrameDispatch.Origin origin, long now) {
    boolean tracing = connection.tracer.isEnabled();
    List<Frame> traced = tracing ? new ArrayList<>() : List.of();
    boolean ackEliciting = false;
    boolean probing = true;
    if (!payload.hasRemaining()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION, 0, type + " packet: it has no frames");
    }
    try {
      while (payload.hasRemaining() && connection.closing.isOpen()) {
        Frame frame = FrameReader.read(payload);
        if (!FrameTypes.permitted(frame.type(), type)) {
          throw new TransportException(
              TransportError.PROTOCOL_VIOLATION,
              frame.type(),
              FrameTypes.name(frame.type()) + " is not permitted in " + type + " packets");
        }
        ackEliciting |= frame.isAckEliciting();
        probing &= FrameTypes.isProbing(frame.type());
        if (tracing) {
          traced.add(frame);
        }
        dispatch.dispatch(frame, origin, now);
      }
    } catch (WireException truncated) {
      throw new TransportException(
          TransportError.FRAME_ENCODING_ERROR, 0, type + " packet: a frame is cut short");
    }
    return new Payload(ackEliciting, probing, traced);
  }

  private void hold(
      PacketSpace space, byte[] buffer, int start, int end, Path path, int ecn, long now) {
    if (space.isDiscarded()) {
      drop(end - start, "the keys are discarded", now);
    } else {
      held.add(buffer, start, end, path, ecn);
    }
  }

  /**
   * Retry: only the first, only before anything else came, only if its tag is right (§17.2.5.2).
   */
  private void onRetry(RetryHeader retry, byte[] buffer, long now) {
    boolean acceptable =
        connection.isClient()
            && connection.ids.peerFirst() == null
            && connection.ids.retrySource() == null
            && connection.ids.isOurs(retry.destination())
            && !retry.source().equals(connection.ids.originalDestination());
    if (!acceptable
        || !RetryIntegrity.verify(connection.ids.originalDestination(), buffer, retry)) {
      drop(retry.end() - retry.start(), "a Retry that is not acceptable", now);
      return;
    }
    connection.onRetry(retry.source(), retry.token().toArray(), now);
  }

  /** Version Negotiation: only if nothing else came, and our version is not on offer (§6.2). */
  private void onVersionNegotiation(VersionNegotiationHeader offer, long now) {
    boolean acceptable =
        connection.isClient()
            && connection.ids.peerFirst() == null
            && connection.ids.retrySource() == null
            && connection.ids.isOurs(offer.destination())
            && offer.source().equals(connection.ids.originalDestination());
    boolean listsOurs =
        Arrays.stream(offer.versions()).anyMatch(v -> QuicVersion.of(v) == connection.version);
    if (!acceptable || listsOurs) {
      drop(0, "a Version Negotiation that is not acceptable", now);
      return;
    }
    connection.closing.endSilently(
        new ConnectionEnding.VersionMismatch(Arrays.stream(offer.versions()).boxed().toList()),
        now);
  }

  private void drop(int bytes, String reason, long now) {
    connection.counters.onDropped();
    connection.trace(now, () -> new TraceEvent.PacketDropped(bytes, reason));
  }
}
