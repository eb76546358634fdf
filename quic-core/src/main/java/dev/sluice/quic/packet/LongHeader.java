package dev.sluice.quic.packet;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;

/**
 * An Initial, 0-RTT or Handshake packet (RFC 9000 §17.2.2 to §17.2.4).
 *
 * @param type which of the three
 * @param version a version that is spoken here
 * @param destination the receiver's connection ID
 * @param source the sender's connection ID
 * @param token the token of an Initial packet, otherwise empty; a view of the datagram
 * @param start the index of the first byte
 * @param packetNumberOffset the index of the Packet Number field
 * @param end the index after the packet, where the next coalesced one begins (§12.2)
 */
public record LongHeader(
    PacketType type,
    QuicVersion version,
    ConnectionId destination,
    ConnectionId source,
    Bytes token,
    int start,
    int packetNumberOffset,
    int end)
    implements PacketHeader {}
