package dev.sluice.tls;

import dev.sluice.testkit.RequirementRules;
import org.junit.jupiter.api.Test;

/** Tests say which sentences of the specifications they prove; those exist. */
class RequirementsTest {
  @Test
  void everyIdIsKnown() {
    RequirementRules.of(RequirementsTest.class).checkKnown();
  }
}
