package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a client connection is made with.
 *
 * @param tls server name, ALPN, trust, tickets, randomness
 * @param transport limits, timeouts, congestion control
 * @param token an address token from an earlier connection to the server, as {@code
 *     QuicEvent.NewToken} gave it, for one connection (RFC 9000 §8.1.3); or null
 * @param tracer gives each connection its listener
 */
public record ClientConfig(
    TlsClientConfig tls, TransportConfig transport, byte[] token, Supplier<Tracer> tracer) {

  /**
   * Bytes of a token that leave a third of the smallest datagram to the handshake (§14.1). A longer
   * one would have it trickle, and beyond 1100 bytes or so nothing could be sent at all.
   */
  private static final int LONGEST_TOKEN = 800;

  /** Nothing but the token may be null. */
  public ClientConfig {
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(tracer, "tracer");
  }

  /** A configuration with default transport, no token and no tracer. */
  public static ClientConfig of(TlsClientConfig tls) {
    return new ClientConfig(tls, TransportConfig.DEFAULTS, null, () -> Tracer.NONE);
  }

  /** The same with another TLS configuration. */
  public ClientConfig withTls(TlsClientConfig other) {
    return new ClientConfig(other, transport, token, tracer);
  }

  /** The same with another transport configuration. */
  public ClientConfig withTransport(TransportConfig other) {
    return new ClientConfig(tls, other, token, tracer);
  }

  /** The same with tracers. */
  public ClientConfig withTracer(Supplier<Tracer> other) {
    return new ClientConfig(tls, transport, token, other);
  }

  /** The same with an address token as an event gave it; not copied and not to be changed. */
  public ClientConfig withToken(byte[] other) {
    return new ClientConfig(tls, transport, other, tracer);
  }

  /**
   * The version of the first flight. A session goes on in the version that it was in, and a token
   * is good in its own (RFC 9369 §5), where these are still spoken: the server spoke them then.
   */
  QuicVersion original() {
    Versions versions = transport.versions();
    QuicVersion ofTicket = tls.ticket() == null ? null : versionOf(tls.ticket());
    if (ofTicket != null && versions.speaks(ofTicket)) {
      return ofTicket;
    }
    QuicVersion ofToken = token == null ? null : AddressToken.version(token);
    return ofToken != null && versions.speaks(ofToken) ? ofToken : versions.original();
  }

  /**
   * The token for a first flight of this version; empty when there is none, or of another, or one
   * that leaves too little room: a client can do without (§8.1.3).
   */
  Bytes tokenFor(QuicVersion version) {
    if (token == null || AddressToken.version(token) != version) {
      return Bytes.EMPTY;
    }
    Bytes value = AddressToken.value(token);
    return value.length() <= LONGEST_TOKEN ? value : Bytes.EMPTY;
  }

  /** TLS for a first flight of this version: without a ticket that is from another. */
  TlsClientConfig tlsFor(QuicVersion version) {
    return tls.ticket() == null || versionOf(tls.ticket()) == version
        ? tls
        : tls.toBuilder().ticket(null).build();
  }

  /** The version of the session that the ticket is from (RFC 9369 §5); null for an unknown one. */
  private static QuicVersion versionOf(SessionTicket ticket) {
    return TransportParameterCodec.versionOf(ticket.transportParameters());
  }
}
