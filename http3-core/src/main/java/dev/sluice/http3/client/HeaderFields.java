package dev.sluice.http3.client;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.qpack.FieldLine;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Between {@code java.net.http}'s headers and the fields of HTTP/3. */
final class HeaderFields {

  /**
   * Fields about one hop of an HTTP/1.1 connection: HTTP/3 has none of them (RFC 9114 §4.2), and
   * the caller who set one meant the other protocol. Host is said by :authority (§4.3.1).
   */
  private static final Set<String> OF_THE_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "host");

  private static final String USER_AGENT = "Sluice";

  private HeaderFields() {}

  /**
   * The head of a request.
   *
   * @param cookies from the cookie handler, one cookie each
   * @param authorization what authentication adds, or null
   * @param contentLength the body's length, negative when unknown; null when there is no body
   */
  static RequestHead head(
      HttpRequest request, List<String> cookies, String authorization, Long contentLength) {
    Fields.Builder fields = Fields.builder();
    request.headers().map().forEach((name, values) -> add(fields, name, values));
    if (request.headers().firstValue("user-agent").isEmpty()) {
      fields.add("user-agent", USER_AGENT);
    }
    cookies.forEach(cookie -> fields.addSensitive("cookie", cookie));
    if (authorization != null) {
      fields.addSensitive("authorization", authorization);
    }
    if (sendsLength(request.method(), contentLength)
        && request.headers().firstValue("content-length").isEmpty()) {
      fields.add("content-length", Long.toString(contentLength));
    }
    boolean hasContent = contentLength != null && contentLength != 0;
    if (request.expectContinue() && hasContent) { // and not without (RFC 9110 §10.1.1)
      fields.add("expect", "100-continue");
    }
    URI uri = request.uri();
    // Whoever is allowed to set Host (jdk.httpclient.allowRestrictedHeaders) means the authority.
    String authority =
        request.headers().firstValue("host").orElseGet(() -> Origin.of(uri).authority());
    return RequestHead.of(request.method(), "https", authority, target(uri), fields.build());
  }

  /**
   * The value of ":path" (RFC 9114 §4.3.1). Characters that only {@link URI} allows, and no URI of
   * RFC 3986 has, are percent-encoded.
   */
  static String target(URI uri) {
    String target = rawTarget(uri);
    return isAscii(target) ? target : encoded(target); // few have any of these
  }

  private static String rawTarget(URI uri) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  /**
   * Each character by itself: {@link URI#toASCIIString} makes one of a letter and its accent, and
   * another resource of what was asked for.
   */
  private static String encoded(String target) {
    StringBuilder encoded = new StringBuilder(target.length() + 16);
    for (byte b : target.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(b >= 0 ? String.valueOf((char) b) : String.format("%%%02X", b));
    }
    return encoded.toString();
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110 §8.6: a length of 0 is only worth saying where a body is usual. */
  private static boolean sendsLength(String method, Long length) {
    if (length == null || length < 0) {
      return false;
    }
    return length > 0
        || switch (method) {
          case "POST", "PUT", "PATCH" -> true;
          default -> false;
        };
  }

  private static void add(Fields.Builder fields, String name, List<String> values) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (OF_THE_HOP.contains(lower)) {
      return;
    }
    for (String value : values) {
      if (lower.equals("te") && !value.equalsIgnoreCase("trailers")) {
        continue; // the only value that HTTP/3 knows (RFC 9114 §4.2)
      }
      boolean secret =
          lower.equals("authorization")
              || lower.equals("proxy-authorization")
              || lower.equals("cookie");
      fields.add(new FieldLine(lower, value, secret));
    }
  }

  /** What came, as {@code java.net.http} shows it. */
  static HttpHeaders of(Fields fields) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (FieldLine line : fields) {
      map.computeIfAbsent(line.name(), name -> new ArrayList<>(1)).add(line.value());
    }
    return HttpHeaders.of(map, (name, value) -> true);
  }
}
