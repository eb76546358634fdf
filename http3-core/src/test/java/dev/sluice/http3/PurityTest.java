package dev.sluice.http3;

import dev.sluice.http3.connection.Http3Event;
import dev.sluice.testkit.LayerRules;
import dev.sluice.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** HTTP/3 itself is a state machine; the client and the server that people import drive it. */
class PurityTest {
  @Test
  void nothingAmbient() {
    PurityRules.of(Http3Event.class)
        .drivers(
            "dev.sluice.http3",
            "dev.sluice.http3.session",
            "dev.sluice.http3.client..",
            "dev.sluice.http3.server..")
        .check();
  }

  @Test
  void noPackagesInACircle() {
    LayerRules.of(Http3Event.class).checkAcyclic("dev.sluice.http3");
  }
}
