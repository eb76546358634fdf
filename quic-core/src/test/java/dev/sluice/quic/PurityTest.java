package dev.sluice.quic;

import dev.sluice.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The transport is a state machine; sockets and threads are in the driver packages alone. */
class PurityTest {
  @Test
  void nothingAmbient() {
    PurityRules.of(DatagramBatch.class).drivers("dev.sluice.quic", "dev.sluice.quic.io..").check();
  }
}
