package dev.sluice.http3.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.Requirement;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriorityTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "u=0|0|false",
        "u=7|7|false",
        "i|3|true",
        "u=5, i|5|true",
        "i, u=1|1|true",
        "i=?1|3|true",
        "i=?0|3|false",
        // Unknown parameters, values out of range and of other types are ignored.
        "u=8|3|false",
        "u=-1|3|false",
        "u=1.5|3|false",
        "u=\"1\"|3|false",
        "u=tok|3|false",
        "u=?1|3|false",
        "i=1|3|false",
        "u=(1 2)|3|false",
        "u=@1|3|false",
        "x=1, u=2|2|false",
        "x=\"a\\\"b, u=7\", u=2|2|false",
        "x=:YWJj:, u=2|2|false",
        "x=%\"a%20b\", u=2|2|false",
        "x=(\"a\" b;c=1);d, u=2|2|false",
        "x=foo/bar:baz, u=2|2|false",
        "u=2;x=1;y, i;z=\"q\"|2|true",
        "*a.b-c_d=1,u=2|2|false",
        // The last one counts.
        "u=1, u=2|2|false",
        "i, i=?0|3|false",
        "u=2 ,\ti|2|true"
      })
  @Requirement("RFC9218-4#2")
  void dictionary(String value, int urgency, boolean incremental) {
    assertEquals(new Priority(urgency, incremental), Priority.parse(value));
  }

  @Test
  void anEmptyValueIsTheDefault() {
    assertEquals(Priority.DEFAULT, Priority.parse(""));
    assertEquals(Priority.DEFAULT, Priority.parse("  "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u=",
        "=1",
        "U=1",
        "u=1,",
        "u=1 i",
        "u=1;",
        "u=1;A",
        "u=1.",
        "u=1.2345",
        "u=--1",
        "u=(",
        "u=(1",
        "u=(1,2)",
        "u=\"a",
        "u=\"\\a\"",
        "u=\"\u0001\"",
        "u=:YQ",
        "u=?2",
        "u=?",
        "u=@",
        "u=%a",
        "u=&",
        "1",
        ",",
        "u=1234567890123456",
        "u=1234567890123.1",
        "u=é"
      })
  void whatIsNoDictionary(String value) {
    assertNull(Priority.parse(value));
  }

  @Property(tries = 1000)
  void anyTextGivesAPriorityOrNone(
      @ForAll @StringLength(max = 20) @CharRange(from = '\0', to = '\u00ff') String value) {
    Priority.parse(value);
  }

  @Property(tries = 1000)
  void anyTextOfTheGrammarsCharactersGivesAPriorityOrNone(@ForAll long seed) {
    Random random = new Random(seed);
    String characters = "ui=,;?()\":@% 017.-a";
    StringBuilder value = new StringBuilder();
    for (int i = random.nextInt(15); i > 0; i--) {
      value.append(characters.charAt(random.nextInt(characters.length())));
    }
    Priority.parse(value.toString());
  }

  @Property(tries = 50)
  void whatIsWrittenIsReadAgain(
      @ForAll @IntRange(min = 0, max = 7) int urgency, @ForAll boolean incremental) {
    Priority priority = new Priority(urgency, incremental);
    assertEquals(priority, Priority.parse(priority.toFieldValue()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u=1       | 1 | true",
        "u=1, i=?0 | 1 | false",
        "i=?0      | 5 | false",
        "i         | 5 | true",
        "u=9, i=3  | 5 | true",
        "other     | 5 | true",
        "''        | 5 | true",
        "u=1,      | 5 | true",
      })
  void aResponseChangesWhatItNames(String field, int urgency, boolean incremental) {
    assertEquals(new Priority(urgency, incremental), new Priority(5, true).mergedWith(field));
  }

  @Test
  void urgencyHasARange() {
    assertThrows(IllegalArgumentException.class, () -> new Priority(8, false));
    assertThrows(IllegalArgumentException.class, () -> new Priority(-1, false));
  }
}
