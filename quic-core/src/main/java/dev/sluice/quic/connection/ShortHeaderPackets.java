package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.HeaderProtection;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.TraceEvent.DropCause;

/** Opens packets with short headers, which are those of 1-RTT (RFC 9000 §17.3; RFC 9001 §5, §6). */
final class ShortHeaderPackets {

  private final Connection connection;
  private final InboundPacket packet;
  private final HeaderBatch headers;

  /** The array in which headers are bare already, or null. */
  private byte[] bareIn;

  /**
   * @param packet where an opened one is put
   */
  ShortHeaderPackets(Connection connection, InboundPacket packet) {
    this.connection = connection;
    this.packet = packet;
    this.headers = connection.shared.received;
  }

  /**
   * Takes the protection off the headers of all datagrams at once, if there are keys.
   *
   * @param from the number of the first in the batch
   * @param to the number behind the last
   */
  void unprotect(DatagramBatch batch, int from, int to) {
    if (!mayOpen()) {
      return;
    }
    int idLength = connection.ids.localFirst().length();
    for (int i = from; i < to; i++) {
      int start = batch.offset(i);
      int numberOffset = start + 1 + idLength;
      if (isLongEnough(numberOffset, start + batch.length(i))) {
        headers.add(start, numberOffset);
      }
    }
    connection.spaces.oneRtt().unprotectHeaders(headers, batch.buffer());
    bareIn = batch.buffer();
  }

  /** The datagrams whose headers were unprotected have all been taken. */
  void forgetBatch() {
    bareIn = null;
  }

  /** A server must not open 1-RTT packets before the handshake is complete (RFC 9001 §5.7). */
  private boolean mayOpen() {
    return connection.spaces.oneRtt().canReceive() && connection.handshake.isComplete();
  }

  /** Whether there are enough bytes to sample (RFC 9001 §5.4.2). */
  private static boolean isLongEnough(int numberOffset, int end) {
    return numberOffset + HeaderProtection.SAMPLE_OFFSET + HeaderProtection.SAMPLE_LENGTH <= end;
  }

  /**
   * Opens one. False when it is not authentic, or waits for its keys.
   *
   * @param idLength of its Destination Connection ID
   */
  boolean open(byte[] buffer, int start, int end, int idLength, Path path, int ecn, long now) {
    PacketSpace space = connection.spaces.application();
    OneRttKeys oneRtt = connection.spaces.oneRtt();
    if (!mayOpen()) {
      connection.receiver.hold(PacketType.ONE_RTT, space, buffer, start, end, path, ecn, now);
      return false;
    }
    int numberOffset = start + 1 + idLength;
    packet.begin(PacketType.ONE_RTT, space, connection.ids.read(buffer, start + 1), path);
    if (!isLongEnough(numberOffset, end)) {
      return unauthentic(end - start, now);
    }
    int numberLength =
        buffer == bareIn
            ? FirstByte.packetNumberLength(buffer[start])
            : oneRtt.unprotectHeader(buffer, start, numberOffset, end);
    packet.number(buffer, numberOffset, numberLength);
    int phase = FirstByte.keyPhase(buffer[start]) ? 1 : 0;
    PacketKeys keys = oneRtt.forReceiving(phase, packet.number());
    if (!packet.open(keys, buffer, start, 1 + idLength + numberLength, end)) {
      return unauthentic(end - start, now);
    }
    oneRtt.onReceived(keys, packet.number(), now);
    connection.early.onOneRttReceived(now);
    return true;
  }

  private boolean unauthentic(int length, long now) {
    connection.spaces.oneRtt().onFailedOpen();
    connection.receiver.drop(
        PacketType.ONE_RTT, length, DropCause.DECRYPTION_FAILURE, "failed to authenticate", now);
    return false;
  }
}
