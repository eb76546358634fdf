package dev.sluice.quic.packet;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;

/**
 * A Retry packet (RFC 9000 §17.2.5). It is not protected; whether its integrity tag is right is for
 * {@code RetryIntegrity} in the crypto package to say.
 *
 * @param version a version that is spoken here
 * @param destination the client's connection ID
 * @param source the connection ID that the server wants from now on
 * @param token for the next Initial packet, not empty; a view of the datagram
 * @param integrityTag the last 16 bytes; a view of the datagram
 * @param start the index of the first byte
 * @param end the end of the datagram: without a Length field nothing can follow
 */
public record RetryHeader(
    QuicVersion version,
    ConnectionId destination,
    ConnectionId source,
    Bytes token,
    Bytes integrityTag,
    int start,
    int end)
    implements PacketHeader {}
