package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
  private static final Instant EXAMPLE = Instant.parse("1994-11-06T08:49:37Z");

  @Test
  void formatsTheExampleOfTheRfc() {
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.format(EXAMPLE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"
      })
  void readsAllThreeForms(String text) {
    assertEquals(EXAMPLE, HttpDate.parse(text).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "0"})
  void othersAreNoDates(String text) {
    assertTrue(HttpDate.parse(text).isEmpty());
  }

  @Property(tries = 300)
  void roundTrip(@ForAll @LongRange(min = 0, max = 4_000_000_000L) long seconds) {
    Instant instant = Instant.ofEpochSecond(seconds);
    assertEquals(instant, HttpDate.parse(HttpDate.format(instant)).orElseThrow());
  }

  @Property(tries = 300)
  void anyTextIsADateOrNot(@ForAll String text) {
    assertNotNull(HttpDate.parse(text));
  }
}
