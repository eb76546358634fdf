package dev.sluice.http3.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.qpack.FieldLine;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseAndTrailerSectionTest {

  private static FieldLine line(String name, String value) {
    return new FieldLine(name, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "2", "20", "2000", "abc", "2x0", "-20", "+20", " 200", "099", "000", "101"})
  @Requirement({"RFC9114-4.3.2#1", "RFC9114-4.3#4"})
  void aStatusIsThreeDigits(String status) {
    assertThrows(
        MalformedMessageException.class,
        () -> ResponseHeaderSection.parse(List.of(line(":status", status))));
  }

  @Test
  @Requirement({"RFC9114-4.3.2#1", "RFC9114-4.3#2", "RFC9114-4.3#6", "RFC9114-4.2#3"})
  void aResponseHasOneStatusFirstAndNoOtherPseudoHeaderField() {
    for (List<FieldLine> lines :
        List.of(
            List.<FieldLine>of(),
            List.of(line("a", "b")),
            List.of(line(":status", "200"), line(":status", "200")),
            List.of(line("a", "b"), line(":status", "200")),
            List.of(line(":status", "200"), line(":path", "/")),
            List.of(line(":status", "200"), line(":protocol", "x")),
            List.of(line(":status", "200"), line("te", "trailers")),
            List.of(line(":status", "200"), line("connection", "close")),
            List.of(line(":status", "200"), line("A", "b")))) {
      assertThrows(MalformedMessageException.class, () -> ResponseHeaderSection.parse(lines));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 103, 199, 200, 204, 304, 404, 599, 600, 999})
  void isTakenAndWrittenAgain(int status) {
    ResponseHead head = new ResponseHead(status, Fields.of("a", "b", "set-cookie", "c"));
    assertEquals(head, ResponseHeaderSection.parse(ResponseHeaderSection.format(head)));
    assertEquals(status < 200, head.isInformational());
  }

  /** RFC 9110 §5.5; there are clients that drop a field with it. */
  @Test
  void whiteSpaceAroundAValueIsNotSent() {
    ResponseHead head = new ResponseHead(200, Fields.of("a", " b\t"));
    assertEquals(
        List.of(line(":status", "200"), line("a", "b")), ResponseHeaderSection.format(head));
  }

  @Test
  void setCookieLinesStayApart() {
    Fields fields = Fields.of("set-cookie", "a=1", "set-cookie", "b=2");
    List<FieldLine> lines = ResponseHeaderSection.format(new ResponseHead(200, fields));
    assertEquals(fields, ResponseHeaderSection.parse(lines).fields());
  }

  @Test
  @Requirement("RFC9114-4.3#3")
  void trailersHaveNoPseudoHeaderFields() {
    for (FieldLine bad :
        List.of(
            line(":status", "200"),
            line(":method", "GET"),
            line("te", "trailers"),
            line("transfer-encoding", "chunked"),
            line("A", "b"),
            line("a", "\n"))) {
      assertThrows(MalformedMessageException.class, () -> TrailerSection.parse(List.of(bad)));
      assertThrows(
          MalformedMessageException.class, () -> TrailerSection.format(Fields.of(List.of(bad))));
    }
    assertEquals(Fields.of("a", "b"), TrailerSection.parse(List.of(line("a", " b"))));
  }

  @Test
  @Requirement("RFC9114-4.3#1")
  void noOtherPseudoHeaderFieldsAreWritten() {
    for (String name : List.of(":version", ":method", ":status", ":protocol", ":")) {
      Fields fields = Fields.of(List.of(line(name, "200")));
      RequestHead request = RequestHead.of("GET", "https", "a", "/", fields);
      assertThrows(
          MalformedMessageException.class, () -> RequestHeaderSection.format(request), name);
      ResponseHead response = new ResponseHead(200, fields);
      assertThrows(
          MalformedMessageException.class, () -> ResponseHeaderSection.format(response), name);
      assertThrows(MalformedMessageException.class, () -> TrailerSection.format(fields), name);
    }
  }

  @Test
  void contentLength() {
    assertEquals(-1, ContentLength.of(Fields.EMPTY));
    assertEquals(0, ContentLength.of(Fields.of("content-length", "0")));
    assertEquals(7, ContentLength.of(Fields.of("content-length", "007")));
    assertEquals(7, ContentLength.of(Fields.of("content-length", "7, 7")));
    assertEquals(7, ContentLength.of(Fields.of("content-length", "7", "content-length", "7")));
    assertEquals(
        999_999_999_999_999_999L,
        ContentLength.of(Fields.of("content-length", "999999999999999999")));
    for (String bad :
        List.of("", "x", "-1", "+1", "1.0", "1 2", "1,2", "7,", "9".repeat(19), "0x10")) {
      assertThrows(
          MalformedMessageException.class,
          () -> ContentLength.of(Fields.of("content-length", bad)),
          bad);
    }
    assertThrows(
        MalformedMessageException.class,
        () -> ContentLength.of(Fields.of("content-length", "7", "content-length", "8")));
  }

  @Test
  @Requirement("RFC9114-4.2.2#1")
  void aSectionIsAsLargeAsItsLinesAndThirtyTwoForEach() {
    List<FieldLine> lines = List.of(line("a", "bc"), line("", ""));
    assertEquals(3 + 32 + 32, FieldSection.size(lines));
    FieldSection.requireAtMost(lines, 67);
    assertThrows(FieldSectionTooLargeException.class, () -> FieldSection.requireAtMost(lines, 66));
  }

  @Test
  void fieldsAreFoundInAnyCase() {
    Fields fields = Fields.of("Accept", "a", "x", "1", "accept", "b");
    assertEquals("a", fields.first("ACCEPT"));
    assertEquals(List.of("a", "b"), fields.all("Accept"));
    assertEquals("a, b", fields.combined("accept"));
    assertEquals(null, fields.combined("y"));
    assertTrue(fields.contains("X"));
    assertEquals(3, fields.size());
    assertThrows(IllegalArgumentException.class, () -> Fields.of("a"));
  }
}
