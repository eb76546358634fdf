package dev.sluice.http3.client;

import dev.sluice.http3.Http3Exception;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Set;

/**
 * Which request follows a 3xx response (RFC 9110 §15.4), under the policies of {@link Redirect}.
 * Methods change as that enum documents: a POST answered with 301 or 302 becomes a GET, anything
 * but HEAD answered with 303 becomes a GET, and 307 and 308 repeat the request as it was.
 */
final class Redirects {

  /**
   * How many a client follows before it hands the 3xx response to the caller; the JDK's client has
   * the same number by default (jdk.httpclient.redirects.retrylimit).
   */
  static final int LIMIT = 5;

  /** Fields that speak of a body, meaningless once the body is gone (RFC 9110 §15.4). */
  private static final Set<String> OF_CONTENT =
      Set.of(
          "content-type",
          "content-encoding",
          "content-language",
          "content-location",
          "content-length",
          "digest",
          "last-modified");

  /** Fields that must not reach another origin: they were meant for the first one's eyes. */
  private static final Set<String> OF_ORIGIN =
      Set.of("authorization", "proxy-authorization", "cookie", "origin", "referer", "host");

  private Redirects() {}

  /**
   * The request to send next.
   *
   * @param followed redirects followed so far in this call
   * @return null when the response is to be given to the caller
   * @throws Http3Exception when the response has no usable Location
   */
  static HttpRequest next(
      HttpRequest request, int status, HttpHeaders headers, Redirect policy, int followed)
      throws Http3Exception {
    if (policy == Redirect.NEVER || !isRedirect(status) || followed >= LIMIT) {
      return null;
    }
    URI target = target(request.uri(), headers);
    // HTTP/3 has no "http" (RFC 9114 §3.1): under ALWAYS, too, the caller gets the 3xx response.
    if (!"https".equalsIgnoreCase(target.getScheme()) || target.getHost() == null) {
      return null;
    }
    return follow(request, target, methodAfter(status, request.method()));
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static String methodAfter(int status, String method) {
    return switch (status) {
      case 301, 302 -> method.equals("POST") ? "GET" : method;
      case 303 -> method.equals("HEAD") ? "HEAD" : "GET";
      default -> method;
    };
  }

  private static URI target(URI from, HttpHeaders headers) throws Http3Exception {
    String location =
        headers
            .firstValue("location")
            .orElseThrow(() -> new Http3Exception("a redirect from " + from + " has no Location"));
    try {
      URI target = Location.target(from, location);
      RequestChecks.requirePort(target);
      return target;
    } catch (IllegalArgumentException e) {
      throw new Http3Exception("a redirect from " + from + " leads nowhere: " + location, e);
    }
  }

  private static HttpRequest follow(HttpRequest request, URI target, String method) {
    boolean sameOrigin = Origin.of(request.uri()).equals(Origin.of(target));
    boolean sameMethod = method.equals(request.method());
    HttpRequest.Builder next =
        HttpRequest.newBuilder(
                request,
                (name, value) -> {
                  String lower = name.toLowerCase(Locale.ROOT);
                  return (sameOrigin || !OF_ORIGIN.contains(lower))
                      && (sameMethod || !OF_CONTENT.contains(lower));
                })
            .uri(target);
    if (!sameMethod) {
      next.method(method, BodyPublishers.noBody()).expectContinue(false);
    }
    return next.build();
  }
}
