package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.UnknownVersionHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.trace.TraceEvent.DropCause;

/**
 * The receive side: a datagram is taken apart into packets (RFC 9000 §12.2), each is opened by
 * {@link LongHeaderPackets} or {@link ShortHeaderPackets}, and {@link PayloadReader} reads it.
 */
final class Receiver {

  /** §14.1. */
  private static final int MIN_INITIAL_DATAGRAM = 1200;

  /** Bytes of a stateless reset token, the last of its datagram, and of the datagram (§10.3). */
  private static final int RESET_TOKEN = 16;

  private static final int MIN_RESET = 21;

  private final Connection connection;
  private final InboundPacket packet;
  private final LongHeaderPackets longs;
  private final ShortHeaderPackets shorts;
  private final PayloadReader payloads;
  private final HeldPackets held = new HeldPackets();
  private final HeldPackets heldEarly = new HeldPackets();
  private boolean keysArrived;

  /** Whether a packet of the present datagram could be opened. */
  private boolean authentic;

  Receiver(Connection connection) {
    this.connection = connection;
    this.packet = connection.shared.packet;
    this.longs = new LongHeaderPackets(connection, packet);
    this.shorts = new ShortHeaderPackets(connection, packet);
    this.payloads = new PayloadReader(connection);
  }

  /** Takes datagrams that begin with short headers; their protection comes off in one call. */
  void receiveShort(DatagramBatch batch, int from, int to, long now) {
    shorts.unprotect(batch, from, to);
    for (int i = from; i < to; i++) {
      connection.receive(
          batch.buffer(),
          batch.offset(i),
          batch.length(i),
          batch.local(i),
          batch.remote(i),
          batch.ecn(i),
          now);
    }
    shorts.forgetBatch();
  }

  /** Takes a datagram. Whatever it holds, this returns normally. */
  void receive(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    try {
      takeApart(buffer, offset, length, path, ecn, now);
      while (keysArrived && connection.closing.isReading()) {
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
        && connection.paths.isResetToken(buffer, token)) {
      // Whatever it looks like: another version might have a long header there (§10.3).
      connection.closing.endSilently(new ConnectionEnding.StatelessReset(), now);
    }
  }

  private void eachPacket(byte[] buffer, int offset, int length, Path path, int ecn, long now) {
    int end = offset + length;
    boolean small = length < MIN_INITIAL_DATAGRAM;
    for (int at = offset; at < end && connection.closing.isReading(); ) {
      int idLength = connection.ids.localFirst().length();
      boolean anyQuicBit = connection.config.greaseQuicBit();
      if (PacketParser.isShort(buffer, at, end, idLength, anyQuicBit)) {
        if (shorts.open(buffer, at, end, idLength, path, ecn, now)) {
          read(ecn, now);
        }
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
        if (longs.open(numbered, buffer, path, ecn, now)) {
          read(ecn, now);
        }
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

  private void read(int ecn, long now) {
    authentic = true;
    payloads.read(packet, ecn, now);
  }

  // ---- what becomes of a packet that is not opened ----

  /** Keeps it for when its keys have come, unless they have been and gone. */
  void hold(
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

  /** Keeps one of 0-RTT until it is decided whether there are to be keys. */
  void holdEarly(byte[] buffer, int start, int end, Path path, int ecn, long now) {
    connection.packetTrace.onBuffered(PacketType.ZERO_RTT, end - start, now);
    heldEarly.add(buffer, start, end, path, ecn);
  }

  /**
   * Notes that it is not read.
   *
   * @param type null for one of a version that is not known
   */
  void drop(PacketType type, int bytes, DropCause cause, String reason, long now) {
    connection.counters.onDropped();
    connection.packetTrace.onDropped(type, bytes, cause, reason, now);
  }
}
