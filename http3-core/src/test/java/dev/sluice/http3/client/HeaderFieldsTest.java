package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderFieldsTest {

  private static RequestHead head(HttpRequest.Builder builder, Long length) {
    return HeaderFields.head(builder.build(), List.of(), null, length);
  }

  private static HttpRequest.Builder to(String uri) {
    return HttpRequest.newBuilder(URI.create(uri));
  }

  @ParameterizedTest
  @CsvSource({
    "https://A.test, a.test, /",
    "https://a.test/x?y=%20, a.test, /x?y=%20",
    "https://a.test?y, a.test, /?y",
    "https://a.test/ü?ü, a.test, /%C3%BC?%C3%BC",
    "https://a.test/u\u0308?\u20ac\ud83d\ude00%2f, a.test, /u%CC%88?%E2%82%AC%F0%9F%98%80%2f",
    "https://user@a.test:443/, a.test, /",
    "https://a.test:8443/#frag, a.test:8443, /",
    "https://[2001:db8::1]:1/, [2001:db8::1]:1, /"
  })
  @Requirement("RFC9114-4.3.1#6")
  void controlDataComesFromTheUri(String uri, String authority, String path) {
    RequestHead head = head(to(uri), null);
    assertEquals("https", head.scheme());
    assertEquals(authority, head.authority());
    assertEquals(path, head.path());
  }

  @Test
  void fieldsOfTheHopAreDropped() {
    Fields fields =
        head(
                to("https://a.test/")
                    .header("Keep-Alive", "5")
                    .header("Transfer-Encoding", "chunked")
                    .header("Proxy-Connection", "close")
                    .header("TE", "gzip")
                    .header("TE", "trailers")
                    .header("X-Own", "1"),
                null)
            .fields();
    assertFalse(fields.contains("keep-alive"));
    assertFalse(fields.contains("transfer-encoding"));
    assertFalse(fields.contains("proxy-connection"));
    assertEquals(List.of("trailers"), fields.all("te"));
    assertEquals("1", fields.first("x-own"));
    assertEquals("Sluice", fields.first("user-agent"));
    assertNull(fields.first("accept"));
  }

  /** As it is where the JDK lets callers set it. */
  @Test
  void hostIsTheAuthority() {
    HttpHeaders headers = HttpHeaders.of(Map.of("Host", List.of("b.test:1")), (n, v) -> true);
    HttpRequest request = to("https://a.test/").build();
    RequestHead head = HeaderFields.head(new WithHeaders(request, headers), List.of(), null, null);
    assertEquals("b.test:1", head.authority());
    assertFalse(head.fields().contains("host"));
  }

  private static final class WithHeaders extends HttpRequest {
    private final HttpRequest request;
    private final HttpHeaders headers;

    WithHeaders(HttpRequest request, HttpHeaders headers) {
      this.request = request;
      this.headers = headers;
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
      return request.bodyPublisher();
    }

    @Override
    public String method() {
      return request.method();
    }

    @Override
    public Optional<Duration> timeout() {
      return request.timeout();
    }

    @Override
    public boolean expectContinue() {
      return request.expectContinue();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Optional<HttpClient.Version> version() {
      return request.version();
    }

    @Override
    public HttpHeaders headers() {
      return headers;
    }
  }

  @Test
  void secretsAreMarkedAndCookiesGoOneByOne() throws IOException {
    CookieManager manager = new CookieManager();
    Cookies cookies = new Cookies(manager);
    URI uri = URI.create("https://a.test/");
    cookies.fromResponse(
        uri,
        HttpHeaders.of(
            Map.of("set-cookie", List.of("a=1; Path=/", "b=2; Path=/; Secure")), (n, v) -> true));
    HttpRequest request = to("https://a.test/page").build();
    List<String> crumbs = cookies.forRequest(request.uri(), request.headers());
    assertEquals(List.of("a=1", "b=2"), crumbs.stream().sorted().toList());
    RequestHead head = HeaderFields.head(request, crumbs, "Basic x", null);
    assertEquals(2, head.fields().all("cookie").size());
    head.fields()
        .forEach(
            line ->
                assertEquals(
                    line.name().equals("cookie") || line.name().equals("authorization"),
                    line.sensitive()));
    assertTrue(new Cookies(null).forRequest(uri, request.headers()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"GET,, ", "GET,0, ", "GET,7,7", "POST,0,0", "PUT,0,0", "POST,-1, ", "DELETE,0, "})
  void lengthIsSaidWhereItIsKnownAndMeansSomething(String method, Long length, String said) {
    HttpRequest.Builder builder =
        to("https://a.test/").method(method, BodyPublishers.noBody()).header("User-Agent", "me");
    Fields fields = head(builder, length).fields();
    assertEquals(said, fields.first("content-length"));
    assertEquals(List.of("me"), fields.all("user-agent"));
  }

  @ParameterizedTest
  @CsvSource({"7,100-continue", "-1,100-continue", "0, ", ", "})
  void expectationIsSaidWhereThereIsContent(Long length, String said) {
    HttpRequest.Builder builder = to("https://a.test/").expectContinue(true);
    assertEquals(said, head(builder, length).fields().first("expect"));
  }

  @Test
  void receivedFieldsKeepTheirOrder() {
    HttpHeaders headers = HeaderFields.of(Fields.of("b", "1", "a", "2", "b", "3"));
    assertEquals(List.of("1", "3"), headers.allValues("B"));
    assertEquals("2", headers.firstValue("a").orElseThrow());
  }
}
