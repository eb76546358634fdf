package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LayerRulesTest {
  private static final String HERE = "dev.sluice.testkit";
  private static final String LOW = HERE + ".layers.low";
  private static final String HIGH = HERE + ".layers.high";

  private final LayerRules rules = LayerRules.of(LayerRulesTest.class);

  private String failure(String... order) {
    return assertThrows(AssertionError.class, () -> rules.checkOrder(order)).getMessage();
  }

  @Test
  void findsADependencyThatPointsUp() {
    String message = failure(HERE, HERE + ".impure", LOW, HIGH);
    assertTrue(message.contains(LOW + ".ReachesUp uses " + HIGH + ".High"), message);
  }

  @Test
  void aClassMayHaveAPlaceOfItsOwn() {
    assertDoesNotThrow(
        () ->
            rules.checkOrder(
                HERE,
                HERE + ".cddl",
                HERE + ".qlog",
                HERE + ".impure",
                LOW,
                HIGH,
                LOW + ".ReachesUp"));
  }

  @Test
  void findsAClassWithoutAPlace() {
    String message = failure(HERE, LOW, HIGH);
    assertTrue(message.contains("impure.Impure has no place"), message);
  }

  @Test
  void findsACircle() {
    assertThrows(AssertionError.class, () -> rules.checkAcyclic(HERE));
  }
}
