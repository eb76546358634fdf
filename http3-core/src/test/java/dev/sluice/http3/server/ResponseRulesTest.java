package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import java.net.InetSocketAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseRulesTest {

  private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 4433);

  @ParameterizedTest
  @CsvSource({
    "GET, 200, 5, 5",
    "GET, 404, 0, 0",
    "HEAD, 200, 5, 5",
    "HEAD, 200, 0,",
    "GET, 204, 0,",
    "GET, 205, 0,",
    "GET, 304, 0,",
    "CONNECT, 200, 0,",
    "CONNECT, 400, 3, 3"
  })
  void lengthIsAddedWhereItHasItsPlace(String method, int status, long written, String said) {
    ResponseHead head =
        ResponseRules.withContentLength(new ResponseHead(status, Fields.EMPTY), method, written);
    assertEquals(said, head.fields().first("content-length"));
  }

  @Test
  void aLengthThatWasSaidStays() {
    ResponseHead head = new ResponseHead(200, Fields.of("content-length", "9"));
    assertEquals(head, ResponseRules.withContentLength(head, "HEAD", 5));
    assertEquals(9, ResponseRules.contentLength(head.fields(), 200, "GET"));
    assertEquals(-1, ResponseRules.contentLength(head.fields(), 200, "HEAD"));
    assertThrows(
        IllegalArgumentException.class,
        () -> ResponseRules.contentLength(Fields.of("content-length", "-1"), 200, "GET"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, 103,",
    "GET, 204,",
    "CONNECT, 200,",
    "CONNECT, 400, 0",
    "GET, 200, 0",
    "HEAD, 304, 0"
  })
  void aLengthHasItsPlaceOrIsLeftOut(String method, int status, String sent) {
    Fields fields = Fields.of("content-length", "0", "x", "y");
    Fields kept = ResponseRules.head(status, fields, method).fields();
    assertEquals(sent, kept.first("content-length"));
    assertEquals("y", kept.first("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"connection", "x y", ":status", "te"})
  void whatHttp3DoesNotAllowIsRefused(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> ResponseRules.head(200, Fields.of(name, "close"), "GET"));
  }

  @Test
  void trailersSayNothingAboutFraming() {
    ResponseRules.checkTrailers(Fields.of("x-checksum", "1"));
    assertThrows(
        IllegalArgumentException.class,
        () -> ResponseRules.checkTrailers(Fields.of("Content-Length", "1")));
  }

  private static String uri(String authority, String path, Fields fields) {
    return RequestUri.of(RequestHead.of("GET", "https", authority, path, fields), LOCAL).toString();
  }

  @Test
  void theUriIsMadeOfTheControlData() {
    assertEquals("https://a.test/x?y", uri("a.test", "/x?y", Fields.EMPTY));
    assertEquals("https://b.test/", uri(null, "/", Fields.of("host", "b.test")));
    assertEquals("https://127.0.0.1:4433/", uri(null, "/", Fields.EMPTY));
    assertEquals("https://a.test", uri("a.test", "*", Fields.EMPTY));
    assertEquals("https://a.test/a%7Cb%22%25zz%20", uri("a.test", "/a|b\"%zz%20", Fields.EMPTY));
  }

  @Property(tries = 500)
  void anyPathGivesAUri(@ForAll @CharRange(from = '!', to = '\u00ff') String path) {
    uri("a.test", "/" + path, Fields.EMPTY);
  }
}
