package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.tls.ServerTransport;

/** The exchange of transport parameters within the TLS handshake (RFC 9000 §7.4, RFC 9001 §8.2). */
final class ParameterExchange implements ServerTransport {
  private final Connection connection;

  ParameterExchange(Connection connection) {
    this.connection = connection;
  }

  /** A client sends its parameters first. */
  byte[] ofClient() {
    return encoded(null);
  }

  /**
   * A server's parameters depend on the client's in that these are checked first, and choose the
   * version.
   */
  @Override
  public byte[] answer(byte[] clientParameters) {
    TransportParameters peer = TransportParameterCodec.read(clientParameters, false);
    connection.handshake.onPeerParameters(peer);
    VersionNegotiation versions = connection.versions;
    versions.onClient(peer.versionInformation());
    if (versions.current() != versions.original()) {
      connection.spaces.changeVersion(versions.current());
    }
    byte[] resetToken = connection.ids.resetToken();
    return encoded(resetToken == null ? null : Bytes.of(resetToken));
  }

  /** A ticket is good for connections that begin in the version of its own (RFC 9369 §5). */
  @Override
  public boolean mayResume(byte[] ticketParameters) {
    QuicVersion version = TransportParameterCodec.versionOf(ticketParameters);
    return version == connection.versions.original();
  }

  private byte[] encoded(Bytes resetToken) {
    TransportParameters own = LocalParameters.of(connection, resetToken);
    connection.trace(() -> new TraceEvent.ParametersSet(true, own.byName()));
    return TransportParameterCodec.write(own, connection.random);
  }
}
