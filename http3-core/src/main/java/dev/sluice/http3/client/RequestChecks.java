package dev.sluice.http3.client;

import dev.sluice.http3.Http3Exception;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;

/** What is found out about a request before anything is done for it. */
final class RequestChecks {

  private RequestChecks() {}

  /**
   * A request that its builder has made, or a copy made by the builder of one that somebody else's
   * subclass pretends to be: only the builder has checked methods, names and values.
   *
   * @throws IllegalArgumentException when it could not have been built
   */
  static HttpRequest check(HttpRequest request) {
    if (request.getClass().getModule() == HttpRequest.class.getModule()) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, value) -> true).build();
  }

  /** Why the request cannot be sent by this client, or null. */
  static IOException refusal(HttpRequest request, ProxySelector proxies) {
    URI uri = request.uri();
    if (!"https".equalsIgnoreCase(uri.getScheme())) {
      return new Http3Exception("HTTP/3 needs an https URI: " + uri);
    }
    try {
      requirePort(uri);
    } catch (IllegalArgumentException e) {
      return new Http3Exception(e.getMessage());
    }
    if (proxies != null) {
      List<Proxy> chosen = proxies.select(uri);
      boolean direct =
          chosen == null
              || chosen.isEmpty()
              || chosen.stream().anyMatch(proxy -> proxy.type() == Proxy.Type.DIRECT);
      if (!direct) {
        return new Http3Exception("HTTP/3 through a proxy is not possible: " + chosen);
      }
    }
    return null;
  }

  /**
   * URIs are parsed with ports of any size.
   *
   * @throws IllegalArgumentException when there is no such port
   */
  static void requirePort(URI uri) {
    if (uri.getPort() == 0 || uri.getPort() > 65535) {
      throw new IllegalArgumentException("there is no port " + uri.getPort() + ": " + uri);
    }
  }
}
