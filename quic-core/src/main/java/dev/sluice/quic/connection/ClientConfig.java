package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a client connection is made with.
 *
 * @param tls server name, ALPN, trust, tickets, randomness
 * @param transport limits, timeouts, congestion control
 * @param token an address token from an earlier connection to the server, or null (RFC 9000 §8.1.3)
 * @param versionOffer the versions that a Version Negotiation packet has listed, when the
 *     connection is an answer to it; otherwise null
 * @param tracer gives each connection its listener
 */
public record ClientConfig(
    TlsClientConfig tls,
    TransportConfig transport,
    byte[] token,
    List<Integer> versionOffer,
    Supplier<Tracer> tracer) {

  /** Nothing but the token and the offer may be null. */
  public ClientConfig {
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(tracer, "tracer");
  }

  /** A configuration with default transport, no token and no tracer. */
  public static ClientConfig of(TlsClientConfig tls) {
    return new ClientConfig(tls, TransportConfig.DEFAULTS, null, null, () -> Tracer.NONE);
  }

  /** The same with another TLS configuration. */
  public ClientConfig withTls(TlsClientConfig other) {
    return new ClientConfig(other, transport, token, versionOffer, tracer);
  }

  /** The same with another transport configuration. */
  public ClientConfig withTransport(TransportConfig other) {
    return new ClientConfig(tls, other, token, versionOffer, tracer);
  }

  /** The same with tracers. */
  public ClientConfig withTracer(Supplier<Tracer> other) {
    return new ClientConfig(tls, transport, token, versionOffer, other);
  }

  /** The same with an address token; the array is not copied and must not change. */
  public ClientConfig withToken(byte[] other) {
    return new ClientConfig(tls, transport, other, versionOffer, tracer);
  }

  /**
   * For another connection after one that ended with {@code VersionMismatch}: its first flight is
   * of the version that is liked best among those on offer, and its handshake finds out whether the
   * offer was genuine (RFC 9368 §2.1, §4). Tokens belong to a version, so this has none.
   *
   * @param offered as the ending tells
   * @return null when none of them is spoken here, or this was such an answer already
   */
  public ClientConfig afterVersionNegotiation(List<Integer> offered) {
    QuicVersion choice = transport.versions().choose(offered);
    if (choice == null || versionOffer != null) {
      return null;
    }
    TransportConfig other = transport.withVersions(transport.versions().withOriginal(choice));
    return new ClientConfig(tls, other, null, List.copyOf(offered), tracer);
  }

  /**
   * The version of the first flight. A session goes on in the version that it was in (RFC 9369 §5),
   * where that is still spoken; a Version Negotiation packet leaves no choice.
   */
  QuicVersion original() {
    if (tls.ticket() != null && versionOffer == null) {
      QuicVersion version = versionOf(tls.ticket());
      if (transport.versions().speaks(version)) {
        return version;
      }
    }
    return transport.versions().original();
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
