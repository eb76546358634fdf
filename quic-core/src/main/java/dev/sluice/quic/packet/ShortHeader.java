package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;

/**
 * A 1-RTT packet (RFC 9000 §17.3.1), or a stateless reset that looks like one (§10.3).
 *
 * @param destination the receiver's connection ID, whose length only the receiver knows
 * @param start the index of the first byte
 * @param packetNumberOffset the index of the Packet Number field
 * @param end the end of the datagram: without a Length field nothing can follow
 */
public record ShortHeader(ConnectionId destination, int start, int packetNumberOffset, int end)
    implements PacketHeader {}
