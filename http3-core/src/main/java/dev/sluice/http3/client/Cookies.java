package dev.sluice.http3.client;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The client's {@link CookieHandler}, asked before each request and told after each response. */
record Cookies(CookieHandler handler) {

  /**
   * The cookies for a request, each "name=value" on its own: that compresses better, and the peer
   * joins them again (RFC 9114 §4.2.1).
   *
   * @param sent the fields that the caller set
   */
  List<String> forRequest(URI uri, HttpHeaders sent) throws IOException {
    List<String> crumbs = new ArrayList<>();
    if (handler == null) {
      return crumbs;
    }
    Map<String, List<String>> given = handler.get(uri, sent.map());
    for (Map.Entry<String, List<String>> field : given.entrySet()) {
      if (!field.getKey().equalsIgnoreCase("cookie") || field.getValue() == null) {
        continue; // Cookie2 is obsolete (RFC 6265 §9.3)
      }
      for (String line : field.getValue()) {
        for (String crumb : line.split(";")) {
          if (!crumb.isBlank()) {
            crumbs.add(crumb.strip());
          }
        }
      }
    }
    return crumbs;
  }

  /** Takes what a response sets, also a redirect's or a 401's. */
  void fromResponse(URI uri, HttpHeaders received) throws IOException {
    if (handler != null) {
      handler.put(uri, received.map());
    }
  }
}
