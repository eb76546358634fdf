package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;

/**
 * A long header of a version that is not spoken here: only what all versions have in common can be
 * read (RFC 8999 §5.1), which is what a Version Negotiation packet needs. The rest of the datagram
 * belongs to it, as far as anyone can tell.
 *
 * @param version its number, not 0
 * @param destination up to 255 bytes
 * @param source up to 255 bytes
 */
public record UnknownVersionHeader(int version, ConnectionId destination, ConnectionId source)
    implements PacketHeader {}
