package dev.sluice.quic.connection;

import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.ConnectionId;

/**
 * How a client came to a server: what its first Initial, and a Retry before it, say.
 *
 * @param firstDestination where the Initial that opens the connection is addressed to; its keys are
 *     made from this
 * @param originalDestination the destination of the client's very first Initial
 * @param retrySource the ID that a Retry gave, or null without one
 * @param clientSource the ID by which the client is addressed
 * @param addressValidated whether a token has proven the client's address
 */
public record ServerOrigin(
    QuicVersion version,
    ConnectionId firstDestination,
    ConnectionId originalDestination,
    ConnectionId retrySource,
    ConnectionId clientSource,
    boolean addressValidated) {

  /** From an Initial without a token. */
  public static ServerOrigin of(LongHeader initial) {
    return new ServerOrigin(
        initial.version(),
        initial.destination(),
        initial.destination(),
        null,
        initial.source(),
        false);
  }

  /** The client has proven its address with a token from an earlier connection. */
  public ServerOrigin withAddressValidated() {
    return new ServerOrigin(
        version, firstDestination, originalDestination, retrySource, clientSource, true);
  }

  /** The client answers a Retry; its address is proven, and it had first written elsewhere. */
  public ServerOrigin afterRetry(ConnectionId original) {
    return new ServerOrigin(
        version, firstDestination, original, firstDestination, clientSource, true);
  }
}
