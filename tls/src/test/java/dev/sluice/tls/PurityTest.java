package dev.sluice.tls;

import dev.sluice.testkit.LayerRules;
import dev.sluice.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The whole module is protocol code: bytes, time and randomness come in as arguments. */
class PurityTest {
  @Test
  void nothingAmbient() {
    PurityRules.of(TlsEndpoint.class)
        .except("dev.sluice.tls.Identity", "its PEM files are read once, before any handshake")
        .except(
            "dev.sluice.tls.keys.InjectedSecureRandom",
            "the JCE takes its randomness as a SecureRandom")
        .check();
  }

  @Test
  void noPackagesInACircle() {
    LayerRules.of(TlsEndpoint.class).checkAcyclic("dev.sluice.tls");
  }
}
