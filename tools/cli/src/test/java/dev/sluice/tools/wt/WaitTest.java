package dev.sluice.tools.wt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.tools.CommandException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code wt --wait}. */
class WaitTest {
  @Test
  void takesSecondsAndPartsOfThem() throws CommandException {
    assertEquals(Duration.ofMillis(1500), WebTransportCommand.quiet(1.5));
    assertEquals(Duration.ZERO, WebTransportCommand.quiet(0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 1e9, Double.NaN, Double.POSITIVE_INFINITY})
  void andNothingElse(double seconds) {
    assertThrows(CommandException.class, () -> WebTransportCommand.quiet(seconds));
  }
}
