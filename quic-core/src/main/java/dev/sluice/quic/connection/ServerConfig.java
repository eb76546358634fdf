package dev.sluice.quic.connection;

import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.TlsServerConfig;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What the connections of a server are made with.
 *
 * @param tls identities, ALPN, tickets, randomness
 * @param transport limits, timeouts, congestion control
 * @param retry whether every client has to prove its address with a Retry first (RFC 9000 §8.1.2)
 * @param maxConnections how many connections may live at once; more are refused with
 *     CONNECTION_REFUSED
 * @param tracer gives each connection its listener
 */
public record ServerConfig(
    TlsServerConfig tls,
    TransportConfig transport,
    boolean retry,
    int maxConnections,
    Supplier<Tracer> tracer) {

  /**
   * An idle connection costs tens of kilobytes; this many of them stay in the low gigabytes, and a
   * server that wants more says so.
   */
  public static final int DEFAULT_MAX_CONNECTIONS = 100_000;

  /** Nothing may be null. */
  public ServerConfig {
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(tracer, "tracer");
  }

  /** A configuration with default transport, no Retry and no tracer. */
  public static ServerConfig of(TlsServerConfig tls) {
    return new ServerConfig(
        tls, TransportConfig.DEFAULTS, false, DEFAULT_MAX_CONNECTIONS, () -> Tracer.NONE);
  }

  /** The same with another transport configuration. */
  public ServerConfig withTransport(TransportConfig other) {
    return new ServerConfig(tls, other, retry, maxConnections, tracer);
  }

  /**
   * The same with 0-RTT taken. To be called when the transport's settings are final: tickets
   * promise them. Without a ticket protector there are no tickets, and nothing comes early.
   */
  public ServerConfig withEarlyData(EarlyDataConfig terms) {
    return new ServerConfig(
        terms.applyTo(tls, transport), transport, retry, maxConnections, tracer);
  }

  /** The same with Retry on or off. */
  public ServerConfig withRetry(boolean on) {
    return new ServerConfig(tls, transport, on, maxConnections, tracer);
  }

  /** The same with another limit on connections. */
  public ServerConfig withMaxConnections(int limit) {
    return new ServerConfig(tls, transport, retry, limit, tracer);
  }

  /** The same with tracers. */
  public ServerConfig withTracer(Supplier<Tracer> other) {
    return new ServerConfig(tls, transport, retry, maxConnections, other);
  }
}
