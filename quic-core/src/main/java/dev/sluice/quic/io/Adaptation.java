package dev.sluice.quic.io;

import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.jfr.FlightRecorderTracer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;

/**
 * What the configurations of connections become on a socket of a real system.
 *
 * @param forbidsFragments whether the system sends no datagram in fragments
 */
record Adaptation(boolean forbidsFragments) {
  private static final Logger LOG = System.getLogger(Adaptation.class.getName());

  ServerConfig of(ServerConfig config) {
    return config
        .withTracer(FlightRecorderTracer.beside(new GuardedTracers(config.tracer())))
        .withTransport(of(config.transport()))
        .withAdmission(client -> decide(config.admission(), client));
  }

  ClientConfig of(ClientConfig config) {
    return config
        .withTracer(FlightRecorderTracer.beside(new GuardedTracers(config.tracer())))
        .withTransport(of(config.transport()));
  }

  /** Where datagrams may be fragmented, one that arrives tells nothing about sizes (§14). */
  private TransportConfig of(TransportConfig config) {
    return forbidsFragments ? config : config.withMtuDiscovery(false);
  }

  /** What fails over one client must not cost the others of a batch their datagrams. */
  private static Admission.Decision decide(Admission admission, Admission.Client client) {
    try {
      return Objects.requireNonNull(admission.decide(client), "no decision");
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the admission failed for " + client.remote() + ", ignored", e);
      return Admission.IGNORE;
    }
  }
}
