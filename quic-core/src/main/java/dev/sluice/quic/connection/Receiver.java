package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.HeaderProtection;
import dev.sluice.quic.crypto.PacketKeys;
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
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.tls.EncryptionLevel;

/**
 * The receive side: a datagram is taken apart into packets (RFC 9000 §12.2), each is opened (RFC
 * 9001 §5), and its frames are dispatched.
 */
final class Receiver {

  /** §14.1. */
  private static final int MIN_INITIAL_DATAGRAM = 1200;

  /** Bytes of a stateless reset token, the last of its datagram, and of the datagram (§10.3). */
  private static final int RESET_TOKEN = 16;

  private static final int MIN_RESET = 21;

  private final Connection connection;
  private final FrameDispatch dispatch;
  private final HeldPackets held = new HeldPackets();
  private final HeldPackets heldEarly = new HeldPackets();
  private final InboundPacket packet;
  private final HeaderBatch headers;

  /** The array in which short headers are bare already, or null. */
  private byte[] bareIn;

  private boolean keysArrived;

  /** Whether a packet of the present datagram could be opened. */
  private boolean authentic;

  Receiver(Connection connection) {
    this.connection = connection;
    this.packet = connection.shared.packet;
    this.headers = connection.shared.received;
    this.dispatch = new FrameDispatch(connection);
  }

  /** Takes datagrams that begin with short headers; their protection comes off in one call. */
  void receiveShort(DatagramBatch batch, int from, int to, long now) {
    byte[] buffer = batch.buffer();
    if (canOpenShort()) {
      unprotect(batch, from, to);
      bareIn = buffer;
    }
    for (int i = from; i < to; i++) {
      connection.receive(
          buffer,
          batch.offset(i),
          batch.length(i),
          batch.local(i),
          batch.remote(i),
          batch.ecn(i),
          now);
    }
    bareIn = null;
  }

  private void unprotect(DatagramBatch batch, int from, int to) {
    int idLength = connection.ids.localFirst().length();
    for (int i = from; i < to; i++) {
      int start = batch.offset(i);
      int numberOffset = start + 1 + idLength;
      if (isLongEnough(numberOffset, start + batch.length(i))) {
        headers.add(start, numberOffset);
      }
    }
    connection.spaces.oneRtt().unprotectHeaders(headers, batch.buffer());
  }

  /** A server must not open 1-RTT packets before the handshake is complete (RFC 9001 §5.7). */
  private boolean canOpenShort() {
    return connection.spaces.oneRtt().canReceive() && connection.handshake.isComplete();
  }

  /** Whether there are enough bytes to sample (RFC 9001 §5.4.2). */
  private static boolean isLongEnough(int numberOffset, int end) {
    return numberOffset + HeaderProtection.SAMPLE_OFFSET + HeaderProtection.SAMPLE_LENGTH <= end;
  }

  /** Takes a datagram. Whatever it holds, this returns normally. */
  void receive(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    try {
      takeApart(buffer, offset, length, path, ecn, now);
      while (keysArrived && connection.closing.isOpen()) {
        keysArrived = false;
        takeApart(heldEarly, now);
        takeApart(held, now);
      }
      connection.closing.onDatagramRead(now);
    } catch (TransportException violation) {
      close(violation.code(), violation.frameType(), violation.getMessage(), now);
    } catch (RuntimeException defect) {
      // A defect of ours. It must not take the other connections of the endpoint down with it.
      close(TransportError.INTERNAL_ERROR.code(), 0, defect.toString(), now);
    }
  }

  private void close(long code, long frameType, String reason, long now) {
    connection.closing.onDatagramRead(now); // who closes has no use for our reasons
    connection.closing.close(
        new ConnectionEnding.TransportClose(Side.LOCAL, code, frameType, reason), now);
  }

  /** Keys have come: what waited for them is opened as soon as the present datagram is done. */
  void keysArrived() {
    keysArrived = true;
  }

  void measure(Footprint out) {
    held.measure(out);
    heldEarly.measure(out);
  }

  private void takeApart(HeldPackets waiting, long now) {
    for (HeldPackets.Held one : waiting.takeAll()) {
      Path path = connection.paths.known(one.path());
      takeApart(one.packet(), 0, one.packet().length, path, one.ecn(), now);
    }
  }

  private void takeApart(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    authentic = false;
    eachPacket(buffer, offset, length, path, ecn, now);
    int token = offset + length - RESET_TOKEN;
    if (!authentic
        && length >= MIN_RESET
        && connection.closing.isOpen()
        && connection.ids.remote().isResetToken(buffer, token)) {
      // Whatever it looks like: another version might have a long header there (§10.3).
      connection.closing.endSilently(new ConnectionEnding.StatelessReset(), now);
    }
  }

  private void eachPacket(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    int end = offset + length;
    boolean small = length < MIN_INITIAL_DATAGRAM;
    for (int at = offset; at < end && connection.closing.isOpen(); ) {
      int idLength = connection.ids.localFirst().length();
      boolean anyQuicBit = connection.config.greaseQuicBit();
      if (PacketParser.isShort(buffer, at, end, idLength, anyQuicBit)) {
        onShort(buffer, at, end, idLength, path, ecn, now);
        return; // it has no length: it goes to the end of the datagram
      }
      PacketHeader header = PacketParser.parse(buffer, at, end, idLength, anyQuicBit);
      if (small && !connection.isClient() && isInitial(header)) {
        // A server must not act on it: an answer could amplify (§14.1).
        drop(
            PacketType.INITIAL,
            end - at,
            DropCause.INVALID,
            "an Initial in a datagram below 1200 bytes",
            now);
        return;
      }
      at = header == null ? end : onPacket(header, buffer, at, end, path, ecn, now);
    }
  }

  private static boolean isInitial(PacketHeader header) {
    return header instanceof LongHeader numbered && numbered.type() == PacketType.INITIAL;
  }

  /** Returns where the next packet of the datagram begins. */
  private int onPacket(
      PacketHeader header, byte[] buffer, int start, int end, Path path, int ecn, long now) {
    switch (header) {
      case LongHeader numbered -> {
        onLong(numbered, buffer, path, ecn, now);
        return numbered.end();
      }
      case ShortHeader known -> throw new IllegalStateException("was told before by its first bit");
      case RetryHeader retry -> {
        if (connection.firstFlight.onRetry(retry, buffer, now)) {
          connection.packetTrace.onReceived(retry, now);
        } else {
          int length = retry.end() - retry.start();
          drop(PacketType.RETRY, length, DropCause.INVALID, "a Retry not to be acted on", now);
        }
      }
      case VersionNegotiationHeader offer -> {
        if (connection.firstFlight.onVersionNegotiation(offer, now)) {
          connection.packetTrace.onReceived(offer, now);
        } else {
          drop(
              PacketType.VERSION_NEGOTIATION,
              end - start,
              DropCause.INVALID,
              "a Version Negotiation not to be acted on",
              now);
        }
      }
      case UnknownVersionHeader unknown ->
          drop(null, end - start, DropCause.UNSUPPORTED, "a version that is not ours", now);
    }
    return end;
  }

  private void onLong(LongHeader header, byte[] buffer, Path path, int ecn, long now) {
    int length = header.end() - header.start();
    EncryptionLevel level =
        switch (header.type()) {
          case INITIAL -> EncryptionLevel.INITIAL;
          case ZERO_RTT -> EncryptionLevel.EARLY_DATA;
          default -> EncryptionLevel.HANDSHAKE;
        };
    PacketSpace space = connection.spaces.of(level);
    QuicVersion version = header.version();
    boolean early = level == EncryptionLevel.EARLY_DATA;
    boolean current = version == connection.versions.current();
    boolean possible =
        early
            ? version == connection.versions.original()
            : current || isOfAnotherVersion(version, space);
    if (!possible || !isForUs(header)) {
      drop(
          header.type(),
          length,
          DropCause.CONNECTION_UNKNOWN,
          "the version or a connection ID is not this connection's",
          now);
      return;
    }
    if (connection.isClient() && !header.token().isEmpty()) {
      String reason = "a server's Initial with a token"; // §17.2.2
      drop(header.type(), length, DropCause.INVALID, reason, now);
      return;
    }
    if (early && (connection.isClient() || connection.early.keys() == null)) {
      onUnreadableEarly(header, buffer, path, ecn, now);
      return;
    }
    PacketKeys keys = early ? connection.early.keys() : keys(version, current, space);
    if (keys == null) {
      hold(header.type(), space, buffer, header.start(), header.end(), path, ecn, now);
      return;
    }
    int numberOffset = header.packetNumberOffset();
    int numberLength = keys.unprotectHeader(buffer, header.start(), numberOffset, header.end());
    if (numberLength < 0) {
      drop(header.type(), length, DropCause.INVALID, "too short for header protection", now);
      return;
    }
    packet.begin(header, space, path);
    packet.number(buffer, numberOffset, numberLength);
    int headerLength = numberOffset + numberLength - header.start();
    if (!packet.open(keys, buffer, header.start(), headerLength, header.end())) {
      drop(header.type(), length, DropCause.DECRYPTION_FAILURE, "failed to authenticate", now);
      return;
    }
    if (connection.isClient()) {
      onServersWord(header, current);
    } else if (level == EncryptionLevel.HANDSHAKE) {
      onClientsHandshake(path, now);
    }
    process(ecn, now);
  }

  /** An authentic packet shows which version and which connection ID the server has chosen. */
  private void onServersWord(LongHeader header, boolean currentVersion) {
    if (!currentVersion) {
      connection.versions.become(header.version());
      connection.spaces.changeVersion(header.version());
    }
    if (connection.ids.peerFirst() == null) {
      connection.ids.onFirstPacket(header.source());
    }
  }

  /** Nobody sends Initials any more (RFC 9001 §4.9.1). */
  private void onClientsHandshake(Path path, long now) {
    if (connection.paths.isFirst(path)) {
      // Only who received our Initial can make these keys: the address is validated (§8.1). One
      // that the client has come to since may be anybody's.
      path.amplification().validate();
    }
    connection.spaces.discard(EncryptionLevel.INITIAL, now);
  }

  /**
   * Whether a packet of a version that is not in use may belong to the connection all the same: for
   * a server what the client sent before it knew of the negotiated version, for a client what may
   * show it (RFC 9369 §4.1).
   */
  private boolean isOfAnotherVersion(QuicVersion version, PacketSpace space) {
    return connection.isClient()
        ? connection.versions.mayBecome(version) && !space.isDiscarded()
        : version == connection.versions.original() && space.formerReceiveKeys() != null;
  }

  /** Null when they are not there yet, as for a Handshake packet that comes before an Initial. */
  private PacketKeys keys(QuicVersion version, boolean current, PacketSpace space) {
    if (current) {
      return space.receiveKeys();
    }
    if (!connection.isClient()) {
      return space.formerReceiveKeys();
    }
    return space.level() == EncryptionLevel.INITIAL
        ? connection.spaces.serverInitial(version)
        : null;
  }

  /** 0-RTT before the server has made up its mind waits for it; a client never reads any (§5.6). */
  private void onUnreadableEarly(LongHeader header, byte[] buffer, Path path, int ecn, long now) {
    if (connection.early.isUndecided()) {
      connection.packetTrace.onBuffered(header.type(), header.end() - header.start(), now);
      heldEarly.add(buffer, header.start(), header.end(), path, ecn);
    } else {
      drop(
          header.type(),
          header.end() - header.start(),
          DropCause.KEY_UNAVAILABLE,
          "0-RTT was not accepted, or is over",
          now);
    }
  }

  /** After the first packet the peer's ID must not change (§7.2). */
  private boolean isForUs(LongHeader header) {
    ConnectionId peer = connection.ids.peerFirst();
    return connection.ids.isOurs(header.destination())
        && (peer == null || peer.equals(header.source()));
  }

  private void onShort(
      byte[] buffer, int start, int end, int idLength, Path path, int ecn, long now) {
    PacketSpace space = connection.spaces.application();
    OneRttKeys oneRtt = connection.spaces.oneRtt();
    if (!canOpenShort()) {
      hold(PacketType.ONE_RTT, space, buffer, start, end, path, ecn, now);
      return;
    }
    int numberOffset = start + 1 + idLength;
    packet.begin(PacketType.ONE_RTT, space, connection.ids.read(buffer, start + 1), path);
    if (!isLongEnough(numberOffset, end)) {
      onUnauthentic(end - start, now);
      return;
    }
    int numberLength =
        buffer == bareIn
            ? FirstByte.packetNumberLength(buffer[start])
            : oneRtt.unprotectHeader(buffer, start, numberOffset, end);
    packet.number(buffer, numberOffset, numberLength);
    int phase = FirstByte.keyPhase(buffer[start]) ? 1 : 0;
    PacketKeys keys = oneRtt.forReceiving(phase, packet.number());
    if (!packet.open(keys, buffer, start, 1 + idLength + numberLength, end)) {
      onUnauthentic(end - start, now);
      return;
    }
    oneRtt.onReceived(keys, packet.number(), now);
    connection.early.onOneRttReceived(now);
    process(ecn, now);
  }

  private void onUnauthentic(int length, long now) {
    connection.spaces.oneRtt().onFailedOpen();
    drop(PacketType.ONE_RTT, length, DropCause.DECRYPTION_FAILURE, "failed to authenticate", now);
  }

  /** The packet is authentic. */
  private void process(int ecn, long now) {
    authentic = true;
    if (packet.reservedBits() != 0) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION, 0, packet.type() + " packet: reserved bits are not 0");
    }
    PacketSpace space = packet.space();
    if (space.isDiscarded() || space.acks().isDuplicate(packet.number())) {
      boolean duplicate = !space.isDiscarded();
      drop(
          packet.type(),
          packet.wireLength(),
          duplicate ? DropCause.DUPLICATE : DropCause.KEY_UNAVAILABLE,
          duplicate ? "it came before" : "the keys are discarded",
          now);
      return;
    }
    boolean newest = packet.number() > space.acks().largestReceived();
    if (newest && connection.migration.isLeft(packet.path(), packet.number())) {
      drop(
          packet.type(),
          packet.wireLength(),
          DropCause.REJECTED,
          "the connection has moved to the preferred address",
          now);
      return;
    }
    connection.counters.onPacketReceived();
    connection.timers.onPacketReceived(now);
    connection.streams.setEarly(packet.type() == PacketType.ZERO_RTT);
    readFrames(now);
    space.acks().onReceived(packet.number(), packet.isAckEliciting(), ecn, now);
    if (connection.recovery.isNeglected()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.ACK,
          "ACK: packets come and come, and none acknowledges what was asked about");
    }
    if (connection.packetTrace.isOn()) {
      connection.packetTrace.onReceived(packet, now);
    }
    if (!connection.isClient()) {
      boolean moves = newest && !packet.isProbing();
      connection.migration.onPacket(packet, moves, now);
    }
  }

  private void readFrames(long now) {
    WireReader payload = packet.payload();
    if (!payload.hasRemaining()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION, 0, packet.type() + " packet: it has no frames");
    }
    // STREAM frames need no record, unless it is to be kept; they may travel in all 1-RTT packets.
    boolean tracing = connection.packetTrace.isOn();
    boolean direct = packet.type() == PacketType.ONE_RTT && !tracing;
    while (payload.hasRemaining() && connection.closing.isOpen()) {
      if (direct && FrameReader.readStream(payload, packet.stream())) {
        packet.onStreamFrame();
        connection.streams.onStream(packet.stream(), now);
      } else {
        Frame frame = readPermitted(payload, packet.type());
        packet.onFrame(frame, tracing);
        dispatch.dispatch(frame, packet, now);
      }
    }
  }

  private static Frame readPermitted(WireReader payload, PacketType type) {
    Frame frame = FrameReader.read(payload);
    if (!FrameTypes.permitted(frame.type(), type)) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          frame.type(),
          FrameTypes.name(frame.type()) + " is not permitted in " + type + " packets");
    }
    return frame;
  }

  private void hold(
      PacketType type,
      PacketSpace space,
      byte[] buffer,
      int start,
      int end,
      Path path,
      int ecn,
      long now) {
    if (space.isDiscarded()) {
      drop(type, end - start, DropCause.KEY_UNAVAILABLE, "the keys are discarded", now);
    } else {
      connection.packetTrace.onBuffered(type, end - start, now);
      held.add(buffer, start, end, path, ecn);
    }
  }

  private void drop(PacketType type, int bytes, DropCause cause, String reason, long now) {
    connection.counters.onDropped();
    connection.packetTrace.onDropped(type, bytes, cause, reason, now);
  }
}
