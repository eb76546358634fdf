package dev.sluice.quic.connection;

import dev.sluice.network.Simulation;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.tls.SignatureRequest;
import java.security.GeneralSecurityException;
import java.time.Duration;

/** Signs for the connections of a simulated server, after a while. */
final class SlowSigner {
  private final Simulation sim;
  private final Duration delay;
  private EndpointNode node;

  /** Signatures asked for, and brought. */
  int asked;

  int brought;

  SlowSigner(Simulation sim, Duration delay) {
    this.sim = sim;
    this.delay = delay;
  }

  void serve(EndpointNode server) {
    node = server;
  }

  void attendTo(Connection connection) {
    SignatureRequest request = connection.signing().poll();
    if (request != null) {
      asked++;
      sim.at(sim.elapsed().plus(delay), () -> bring(connection, request));
    }
  }

  private void bring(Connection connection, SignatureRequest request) {
    try {
      brought++;
      connection.signing().signed(request.sign(), sim.now());
      node.endpoint().touch(connection);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
