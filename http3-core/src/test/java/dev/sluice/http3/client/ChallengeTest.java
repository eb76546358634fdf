package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  @Test
  void readsWhatRfc9110Shows() {
    assertEquals(
        List.of(
            new Challenge("basic", Map.of("realm", "simple")),
            new Challenge(
                "newauth", Map.of("realm", "apps", "type", "1", "title", "Login to \"apps\""))),
        Challenge.parse(
            "Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to"
                + " \\\"apps\\\"\""));
  }

  @Test
  void readsSchemesWithoutParametersAndToken68() {
    List<Challenge> challenges = Challenge.parse("Negotiate, Basic Realm = x , Token abc==");
    assertEquals("negotiate", challenges.getFirst().scheme());
    assertEquals(Map.of("realm", "x"), challenges.get(1).parameters());
  }

  @Property(tries = 500)
  void anyValueIsReadOrSkipped(
      @ForAll @Chars({'a', 'B', ' ', ',', '=', '"', '\\', '/', '\t', 'é'}) String value) {
    assertNotNull(Challenge.parse(value));
  }
}
