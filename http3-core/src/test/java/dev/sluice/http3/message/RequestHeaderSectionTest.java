package dev.sluice.http3.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.qpack.FieldLine;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestHeaderSectionTest {

  private static List<FieldLine> lines(String... namesAndValues) {
    List<FieldLine> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new FieldLine(namesAndValues[i], namesAndValues[i + 1]));
    }
    return lines;
  }

  /** A plain GET with some of its pseudo-header fields replaced ("" removes) and more lines. */
  private static List<FieldLine> get(String... changes) {
    List<FieldLine> lines =
        lines(":method", "GET", ":scheme", "https", ":authority", "example.com", ":path", "/");
    for (int i = 0; i < changes.length; i += 2) {
      String name = changes[i];
      String value = changes[i + 1];
      if (name.startsWith(":")) {
        lines.removeIf(line -> line.name().equals(name));
        if (value != null) {
          lines.addFirst(new FieldLine(name, value));
        }
      } else {
        lines.add(new FieldLine(name, value));
      }
    }
    return lines;
  }

  private static Arguments row(String what, List<FieldLine> lines) {
    return Arguments.of(what, lines);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        row("nothing", lines()),
        row("no method", get(":method", null)),
        row("no scheme", get(":scheme", null)),
        row("no path", get(":path", null)),
        row("neither authority nor host", get(":authority", null)),
        row("empty method", get(":method", "")),
        row("a method that is no token", get(":method", "GE T")),
        row("empty scheme", get(":scheme", "")),
        row("a scheme that begins with a digit", get(":scheme", "1https")),
        row("a scheme with a colon", get(":scheme", "https:")),
        row("empty path", get(":path", "")),
        row("empty path of http", get(":scheme", "http", ":path", "")),
        row("no authority of http", get(":scheme", "http", ":authority", null)),
        row("a relative path", get(":path", "a")),
        row("* without OPTIONS", get(":path", "*")),
        row("a fragment", get(":path", "/a#b")),
        row("a space in the path", get(":path", "/a b")),
        row("a line feed in the path", get(":path", "/a\nb")),
        row("DEL in the path", get(":path", "/a\u007fb")),
        row("beyond ASCII in the path", get(":path", "/\u00e9")),
        row("empty authority", get(":authority", "")),
        row("userinfo", get(":authority", "user@example.com")),
        row("a slash in the authority", get(":authority", "example.com/")),
        row("a port that is no number", get(":authority", "example.com:x")),
        row("a port too large", get(":authority", "example.com:65536")),
        row("a port alone", get(":authority", ":443")),
        row("a NUL in the authority", get(":authority", "a\0b")),
        row("an open bracket", get(":authority", "[::1")),
        row("no address in brackets", get(":authority", "[zz]:443")),
        row("a percent alone", get(":authority", "a%zz")),
        row("empty host", get(":authority", null, "host", "")),
        row("host with userinfo", get(":authority", null, "host", "a@b")),
        row("authority and host differ", get("host", "example.org")),
        row("host twice", get("host", "example.com", "host", "example.com")),
        row(
            "a pseudo-header field twice",
            lines(
                ":method",
                "GET",
                ":method",
                "GET",
                ":scheme",
                "https",
                ":authority",
                "a",
                ":path",
                "/")),
        row("an unknown pseudo-header field", get(":version", "3")),
        row("a response's pseudo-header field", get(":status", "200")),
        row(
            "a pseudo-header field after a field",
            lines(":method", "GET", ":scheme", "https", "a", "b", ":authority", "a", ":path", "/")),
        row("a colon alone as name", get(":", "x")),
        row("uppercase", get("Accept", "x")),
        row("uppercase inside", get("aCcept", "x")),
        row("an empty name", get("", "x")),
        row("a space in a name", get("a b", "x")),
        row("a colon in a name", get("a:b", "x")),
        row("beyond ASCII in a name", get("\u00e9", "x")),
        row("NUL in a value", get("a", "x\0y")),
        row("CR in a value", get("a", "x\ry")),
        row("LF in a value", get("a", "x\ny")),
        row("another control character in a value", get("a", "x\u0001y")),
        row("DEL in a value", get("a", "x\u007fy")),
        row("connection", get("connection", "close")),
        row("keep-alive", get("keep-alive", "5")),
        row("proxy-connection", get("proxy-connection", "close")),
        row("transfer-encoding", get("transfer-encoding", "chunked")),
        row("upgrade", get("upgrade", "websocket")),
        row("te other than trailers", get("te", "gzip")),
        row("te with more than trailers", get("te", "trailers, gzip")),
        row("CONNECT with scheme and path", get(":method", "CONNECT", ":authority", "a:1")),
        row("CONNECT with a path", lines(":method", "CONNECT", ":authority", "a:1", ":path", "/")),
        row(
            "CONNECT with a scheme",
            lines(":method", "CONNECT", ":authority", "a:1", ":scheme", "https")),
        row("CONNECT without authority", lines(":method", "CONNECT")),
        row("CONNECT without a port", lines(":method", "CONNECT", ":authority", "a")),
        row("CONNECT with an empty port", lines(":method", "CONNECT", ":authority", "a:")),
        row(":protocol without CONNECT", get(":protocol", "websocket")),
        row("an empty :protocol", get(":method", "CONNECT", ":protocol", "")),
        row(
            "extended CONNECT without a path",
            get(":method", "CONNECT", ":protocol", "x", ":path", null)),
        row(
            "extended CONNECT without a scheme",
            get(":method", "CONNECT", ":protocol", "x", ":scheme", null)),
        row(
            "extended CONNECT without authority",
            get(":method", "CONNECT", ":protocol", "x", ":authority", null, "host", "a")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  @Requirement({
    "RFC9114-4.1#7",
    "RFC9114-4.2#2",
    "RFC9114-4.2#3",
    "RFC9114-4.2#4",
    "RFC9114-4.3#2",
    "RFC9114-4.3#4",
    "RFC9114-4.3#5",
    "RFC9114-4.3#6",
    "RFC9114-4.3.1#1",
    "RFC9114-4.3.1#5",
    "RFC9114-4.3.1#7",
    "RFC9114-4.3.1#8",
    "RFC9114-4.3.1#9",
    "RFC9114-4.3.1#10",
    "RFC9114-4.4#1",
    "RFC9114-10.3#1",
    "RFC9114-10.3#2"
  })
  void isRefused(String what, List<FieldLine> lines) {
    MalformedMessageException e =
        assertThrows(
            MalformedMessageException.class, () -> RequestHeaderSection.parse(lines, true));
    assertEquals(0, e.getStackTrace().length);
  }

  static Stream<Arguments> wellFormed() {
    return Stream.of(
        row("plain", get()),
        row("host instead of authority", get(":authority", null, "host", "example.com")),
        row("host and authority in other case", get("host", "EXAMPLE.com")),
        row("a port", get(":authority", "example.com:8443")),
        row("an empty port", get(":authority", "example.com:")),
        row("an address", get(":authority", "[2001:db8::1]:443")),
        row("a percent", get(":authority", "%65xample.com")),
        row("OPTIONS *", get(":method", "OPTIONS", ":path", "*")),
        row("a query", get(":path", "/a?b={c}|d")),
        row("any method", get(":method", "M-SEARCH")),
        row("te: trailers", get("te", "trailers")),
        row("te: Trailers", get("te", " Trailers ")),
        row("an empty value", get("a", "")),
        row("a tab inside a value", get("a", "b\tc")),
        row("beyond ASCII in a value", get("a", "\u00e9\u00ff")),
        row("every other character of a name", get("!#$%&'*+-.^_`|~09az", "x")),
        row(
            "another scheme without authority",
            get(":scheme", "coap+tcp", ":authority", null, ":path", "")),
        row("CONNECT", lines(":method", "CONNECT", ":authority", "example.com:443")),
        row("extended CONNECT", get(":method", "CONNECT", ":protocol", "connect-udp")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wellFormed")
  @Requirement("RFC9114-4.3.1#11")
  void isTakenAndWrittenAgain(String what, List<FieldLine> lines) {
    RequestHead head = RequestHeaderSection.parse(lines, true);
    assertEquals(head, RequestHeaderSection.parse(RequestHeaderSection.format(head), true));
  }

  @Test
  void protocolNeedsTheSetting() {
    List<FieldLine> lines = get(":method", "CONNECT", ":protocol", "websocket");
    assertThrows(MalformedMessageException.class, () -> RequestHeaderSection.parse(lines, false));
    assertEquals("websocket", RequestHeaderSection.parse(lines, true).protocol());
  }

  @Test
  void theAuthorityMayComeFromHost() {
    assertEquals(
        "example.com",
        RequestHeaderSection.parse(get(":authority", null, "host", "example.com"), false)
            .authority());
  }

  @Test
  void whiteSpaceAroundValuesIsNotPartOfThem() {
    assertEquals(
        "a b", RequestHeaderSection.parse(get("x", "\t a b  "), false).fields().first("x"));
  }

  @Test
  @Requirement("RFC9114-4.2.1#2")
  void cookieLinesAreJoinedWhereTheFirstWas() {
    Fields fields =
        RequestHeaderSection.parse(
                get("cookie", "a=1", "x", "y", "cookie", "b=2", "cookie", "c=3"), false)
            .fields();
    assertEquals(Fields.of("cookie", "a=1; b=2; c=3", "x", "y"), fields);
  }

  @Test
  @Requirement({"RFC9114-4.2#1", "RFC9114-4.2.1#1"})
  void namesAreWrittenInLowercaseAndCookiesInCrumbs() {
    RequestHead head =
        RequestHead.of(
            "GET", "https", "a", "/", Fields.builder().addSensitive("Cookie", "a=1; b=2").build());
    List<FieldLine> lines = RequestHeaderSection.format(head);
    assertEquals(
        List.of(new FieldLine("cookie", "a=1", true), new FieldLine("cookie", "b=2", true)),
        lines.subList(4, 6));
  }

  @Test
  void namesThatAreNotLowercaseAreNotWritten() {
    Fields fields = Fields.of(List.of(new FieldLine("Accept", "x")));
    assertThrows(
        MalformedMessageException.class,
        () -> RequestHeaderSection.format(RequestHead.of("GET", "https", "a", "/", fields)));
  }
}
