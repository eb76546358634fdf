package dev.sluice.http3.structured;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The HTTP working group's tests of structured fields. */
class StructuredFieldVectorsTest {
  @TestFactory
  Stream<DynamicTest> vectors() throws IOException {
    Path folder = SharedFiles.require("vectors/structured-fields");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (JsonNode test : new ObjectMapper().readTree(file.toFile())) {
          String name = file.getFileName() + ": " + test.get("name").asText();
          tests.add(DynamicTest.dynamicTest(name, () -> check(test)));
        }
      }
    }
    assertTrue(tests.size() > 1500, "only " + tests.size() + " vectors");
    return tests.stream();
  }

  private static void check(JsonNode test) throws StructuredFieldException {
    List<String> lines = new ArrayList<>();
    test.get("raw").forEach(line -> lines.add(line.asText()));
    String value = String.join(", ", lines);
    String type = test.get("header_type").asText();
    if (test.path("must_fail").asBoolean()) {
      assertThrows(StructuredFieldException.class, () -> parse(type, value));
      return;
    }
    try {
      assertMatches(test.get("expected"), parse(type, value));
    } catch (StructuredFieldException e) {
      assertTrue(test.path("can_fail").asBoolean(), e.getMessage());
    }
  }

  private static Object parse(String type, String value) throws StructuredFieldException {
    return switch (type) {
      case "list" -> StructuredFields.parseList(value);
      case "dictionary" -> StructuredFields.parseDictionary(value);
      default -> StructuredFields.parseItem(value);
    };
  }

  private static void assertMatches(JsonNode expected, Object actual) {
    switch (actual) {
      case List<?> list -> {
        assertEquals(expected.size(), list.size());
        for (int i = 0; i < list.size(); i++) {
          assertMatches(expected.get(i), list.get(i));
        }
      }
      case Map<?, ?> map -> {
        assertEquals(expected.size(), map.size());
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          assertEquals(expected.get(i).get(0).asText(), entry.getKey());
          assertMatches(expected.get(i).get(1), entry.getValue());
          i++;
        }
      }
      case Member.Item(BareItem value, Map<String, BareItem> parameters) -> {
        assertMatches(expected.get(0), value);
        assertMatches(expected.get(1), parameters);
      }
      case Member.InnerList(List<Member.Item> items, Map<String, BareItem> parameters) -> {
        assertMatches(expected.get(0), items);
        assertMatches(expected.get(1), parameters);
      }
      case BareItem.IntegerItem(long value) -> assertEquals(expected.asLong(), value);
      case BareItem.DecimalItem(BigDecimal value) ->
          assertEquals(0, expected.decimalValue().compareTo(value));
      case BareItem.StringItem(String value) -> assertEquals(expected.textValue(), value);
      case BareItem.BooleanItem(boolean value) -> assertEquals(expected.booleanValue(), value);
      case BareItem.TokenItem(String value) -> assertTyped(expected, "token", value);
      case BareItem.DisplayStringItem(String value) ->
          assertTyped(expected, "displaystring", value);
      case BareItem.DateItem(long value) -> assertTyped(expected, "date", Long.toString(value));
      case BareItem.ByteSequenceItem bytes ->
          assertEquals("binary", expected.get("__type").asText());
      default -> throw new AssertionError(actual);
    }
  }

  private static void assertTyped(JsonNode expected, String type, String value) {
    assertEquals(type, expected.get("__type").asText());
    assertEquals(expected.get("value").asText(), value);
  }

  @Test
  void stringsAreWrittenAsTheyAreRead() throws StructuredFieldException {
    List<String> strings = List.of("a", "", "say \"hi\" \\ twice", "h3, or not");
    List<Member> members = StructuredFields.parseList(StructuredFields.strings(strings));
    assertEquals(
        strings.stream().<Member>map(s -> item(new BareItem.StringItem(s))).toList(), members);
    assertThrows(IllegalArgumentException.class, () -> StructuredFields.string("\u00e4"));
  }

  private static Member item(BareItem value) {
    return new Member.Item(value, Map.of());
  }

  @Property(tries = 1000)
  void anyTextGivesAValueOrTheDocumentedError(
      @ForAll
          @AlphaChars
          @NumericChars
          @Chars({'"', '\\', ',', ';', '=', '(', ')', ' ', '\t', '?', '@', '%', ':', '*', '-', '.'})
          @CharRange(from = '\u007e', to = '\u0102')
          String text) {
    for (String type : List.of("list", "dictionary", "item")) {
      try {
        parse(type, text);
      } catch (StructuredFieldException e) {
        assertTrue(e.getMessage().length() > 3);
      }
    }
  }
}
