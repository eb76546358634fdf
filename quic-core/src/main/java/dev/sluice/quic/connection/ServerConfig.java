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
 * @param admission who may open a connection, and who has to prove its address first
 * @param tracer gives each connection its listener
 */
public record ServerConfig(
    TlsServerConfig tls, TransportConfig transport, Admission admission, Supplier<Tracer> tracer) {

  /** Nothing may be null. */
  public ServerConfig {
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(admission, "admission");
    Objects.requireNonNull(tracer, "tracer");
  }

  /** A configuration with default transport and admission and no tracer. */
  public static ServerConfig of(TlsServerConfig tls) {
    return new ServerConfig(
        tls, TransportConfig.DEFAULTS, AdmissionByLoad.DEFAULT, () -> Tracer.NONE);
  }

  /** The same with another transport configuration. */
  public ServerConfig withTransport(TransportConfig other) {
    return new ServerConfig(tls, other, admission, tracer);
  }

  /**
   * The same with 0-RTT taken. To be called when the transport's settings are final: tickets
   * promise them. Without a ticket protector there are no tickets, and nothing comes early.
   */
  public ServerConfig withEarlyData(EarlyDataConfig terms) {
    return new ServerConfig(terms.applyTo(tls, transport), transport, admission, tracer);
  }

  /** The same with other settings of TLS. */
  public ServerConfig withTls(TlsServerConfig other) {
    return new ServerConfig(other, transport, admission, tracer);
  }

  /** The same with {@link AdmissionByLoad} and every client proving its address first, or not. */
  public ServerConfig withRetry(boolean on) {
    return withAdmission(byLoad().withRetry(on));
  }

  /** The same with {@link AdmissionByLoad} and another number of connections. */
  public ServerConfig withMaxConnections(int limit) {
    return withAdmission(byLoad().withMaxConnections(limit));
  }

  private AdmissionByLoad byLoad() {
    return admission instanceof AdmissionByLoad present ? present : AdmissionByLoad.DEFAULT;
  }

  /** The same with other terms of admission. */
  public ServerConfig withAdmission(Admission other) {
    return new ServerConfig(tls, transport, other, tracer);
  }

  /** The same with tracers. */
  public ServerConfig withTracer(Supplier<Tracer> other) {
    return new ServerConfig(tls, transport, admission, other);
  }
}
