package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;

/**
 * A Version Negotiation packet (RFC 8999 §6, RFC 9000 §17.2.1); it fills its datagram.
 *
 * @param destination what the client's packet had as its source, up to 255 bytes
 * @param source what the client's packet had as its destination, up to 255 bytes
 * @param versions what the server offers, at least one; the array is the receiver's
 */
public record VersionNegotiationHeader(
    ConnectionId destination, ConnectionId source, int[] versions) implements PacketHeader {}
