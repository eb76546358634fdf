package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;

/**
 * What can be read of a packet without keys. Positions are indexes into the datagram's buffer; byte
 * fields are views of it.
 */
public sealed interface PacketHeader
    permits LongHeader, ShortHeader, RetryHeader, VersionNegotiationHeader, UnknownVersionHeader {

  /** Whom the packet is for. */
  ConnectionId destination();
}
