package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.Http3Exception;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RedirectsTest {

  private static HttpHeaders location(String value) {
    return HttpHeaders.of(Map.of("location", List.of(value)), (n, v) -> true);
  }

  private static HttpRequest request(String method) {
    return HttpRequest.newBuilder(URI.create("https://a.test/dir/page?q=1"))
        .method(method, BodyPublishers.ofString("body"))
        .header("authorization", "secret")
        .header("content-type", "text/plain")
        .header("last-modified", "Mon, 23 Nov 2026 21:00:00 GMT")
        .header("accept", "text/html")
        .build();
  }

  private static HttpRequest next(HttpRequest request, int status, String location)
      throws Http3Exception {
    return Redirects.next(request, status, location(location), Redirect.NORMAL, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "301, POST, GET", "302, POST, GET", "303, POST, GET", "303, PUT, GET", "303, HEAD, HEAD",
    "301, PUT, PUT", "302, DELETE, DELETE", "301, HEAD, HEAD", "307, POST, POST", "308, PUT, PUT"
  })
  void methodsChangeAsTheEnumDocuments(int status, String before, String after)
      throws Http3Exception {
    HttpRequest next = next(request(before), status, "other");
    assertEquals(URI.create("https://a.test/dir/other"), next.uri());
    assertEquals(after, next.method());
    boolean same = before.equals(after);
    assertEquals(same, next.headers().firstValue("content-type").isPresent());
    assertEquals(same, next.headers().firstValue("last-modified").isPresent());
    assertEquals(same, next.bodyPublisher().orElseThrow().contentLength() == 4);
    assertTrue(next.headers().firstValue("authorization").isPresent());
  }

  @ParameterizedTest
  @CsvSource({"200", "204", "300", "304", "305", "306", "309", "400"})
  void othersAreForTheCaller(int status) throws Http3Exception {
    assertNull(next(request("GET"), status, "other"));
  }

  @Test
  void neverMeansNever() throws Http3Exception {
    assertNull(Redirects.next(request("GET"), 302, location("/x"), Redirect.NEVER, 0));
  }

  @ParameterizedTest
  @EnumSource(value = Redirect.class, names = "NEVER", mode = EnumSource.Mode.EXCLUDE)
  void anHttpTargetIsForTheCaller(Redirect policy) throws Http3Exception {
    assertNull(Redirects.next(request("GET"), 302, location("http://a.test/"), policy, 0));
  }

  @Test
  void thereIsALimit() throws Http3Exception {
    assertNull(
        Redirects.next(request("GET"), 302, location("/x"), Redirect.ALWAYS, Redirects.LIMIT));
  }

  @ParameterizedTest
  @CsvSource({
    "https://b.test/, false", "https://a.test:8443/, false", "https://a.test:443/x, true",
    "https://A.TEST/x, true", "//b.test/x, false", "/x, true"
  })
  void credentialsStayWithTheOrigin(String location, boolean kept) throws Http3Exception {
    HttpRequest next = next(request("GET"), 302, location);
    assertEquals(kept, next.headers().firstValue("authorization").isPresent());
    assertTrue(next.headers().firstValue("accept").isPresent());
  }

  @Test
  void aFragmentIsInherited() throws Http3Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://a.test/x#part")).build();
    assertEquals("part", next(request, 301, "/y").uri().getFragment());
    assertEquals("own", next(request, 301, "/y#own").uri().getFragment());
  }

  @Test
  void aMissingOrBrokenLocationFails() {
    HttpHeaders none = HttpHeaders.of(Map.of(), (n, v) -> true);
    assertThrows(
        Http3Exception.class, () -> Redirects.next(request("GET"), 302, none, Redirect.NORMAL, 0));
    assertThrows(Http3Exception.class, () -> next(request("GET"), 302, "http://[broken"));
    assertThrows(Http3Exception.class, () -> next(request("GET"), 302, "//a.test:70000/"));
  }

  @Test
  void expectContinueGoesWithTheBody() throws Http3Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://a.test/"))
            .POST(BodyPublishers.ofString("x"))
            .expectContinue(true)
            .build();
    assertFalse(next(request, 303, "/y").expectContinue());
    assertTrue(next(request, 307, "/y").expectContinue());
  }
}
