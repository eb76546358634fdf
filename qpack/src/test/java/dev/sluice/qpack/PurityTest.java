package dev.sluice.qpack;

import dev.sluice.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The whole module is protocol code. */
class PurityTest {
  @Test
  void nothingAmbient() {
    PurityRules.of(FieldLine.class).check();
  }
}
