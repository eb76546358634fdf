package dev.sluice.quic.connection;

import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.TlsClientConfig;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a client connection is made with.
 *
 * @param tls server name, ALPN, trust, tickets, randomness
 * @param transport limits, timeouts, congestion control
 * @param token an address token from an earlier connection to the server, or null (RFC 9000 §8.1.3)
 * @param tracer gives each connection its listener
 */
public record ClientConfig(
    TlsClientConfig tls, TransportConfig transport, byte[] token, Supplier<Tracer> tracer) {

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

  /** The same with another transport configuration. */
  public ClientConfig withTransport(TransportConfig other) {
    return new ClientConfig(tls, other, token, tracer);
  }

  /** The same with tracers. */
  public ClientConfig withTracer(Supplier<Tracer> other) {
    return new ClientConfig(tls, transport, token, other);
  }

  /** The same with an address token; the array is not copied and must not change. */
  public ClientConfig withToken(byte[] other) {
    return new ClientConfig(tls, transport, other, tracer);
  }
}
