package dev.sluice.http3.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a redirect leads (RFC 9110 §10.2.2). References are resolved as RFC 3986 §5.2 has it;
 * {@link URI#resolve} follows its predecessor, loses the path before a mere query, and makes
 * another host of "https://a.test" and "b".
 */
public final class Location {

  private Location() {}

  /**
   * The URI that a Location field means. What has no fragment inherits that of the request. Spaces
   * and bytes that are not ASCII, which servers send although no URI has them, are percent-encoded.
   *
   * @param from the target of the request, with a host
   * @param field the value as it came, a character for each byte
   * @throws IllegalArgumentException when it is no reference to anything
   */
  public static URI target(URI from, String field) {
    URI reference = URI.create(encoded(field));
    if (reference.isAbsolute() && reference.getRawAuthority() == null) {
      return reference; // of a scheme without hosts
    }
    boolean ownPath = !reference.getRawPath().isEmpty();
    boolean ownHost = reference.getRawAuthority() != null;
    StringBuilder target = new StringBuilder();
    target.append(reference.isAbsolute() ? reference.getScheme() : from.getScheme()).append("://");
    target.append(ownHost ? reference.getRawAuthority() : from.getRawAuthority());
    if (ownHost || ownPath) {
      target.append(withoutDots(ownHost ? reference.getRawPath() : merged(from, reference)));
    } else {
      target.append(from.getRawPath());
    }
    boolean ownQuery = ownHost || ownPath || reference.getRawQuery() != null;
    append(target, '?', ownQuery ? reference.getRawQuery() : from.getRawQuery());
    String fragment = reference.getRawFragment();
    append(target, '#', fragment == null ? from.getRawFragment() : fragment);
    return URI.create(target.toString());
  }

  private static void append(StringBuilder target, char mark, String part) {
    if (part != null) {
      target.append(mark).append(part);
    }
  }

  private static String encoded(String field) {
    StringBuilder encoded = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == ' ' || c >= 0x80 && c <= 0xff) {
        encoded.append(String.format("%%%02X", (int) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  /** RFC 3986 §5.2.3. */
  private static String merged(URI from, URI reference) {
    String path = reference.getRawPath();
    if (path.startsWith("/")) {
      return path;
    }
    String base = from.getRawPath();
    return base.isEmpty() ? "/" + path : base.substring(0, base.lastIndexOf('/') + 1) + path;
  }

  /** RFC 3986 §5.2.4, for a path that is empty or begins with a slash. */
  private static String withoutDots(String path) {
    if (path.isEmpty()) {
      return path;
    }
    String[] segments = path.substring(1).split("/", -1);
    List<String> kept = new ArrayList<>(segments.length + 1);
    for (String segment : segments) {
      if (segment.equals("..") && !kept.isEmpty()) {
        kept.removeLast();
      } else if (!segment.equals(".") && !segment.equals("..")) {
        kept.add(segment);
      }
    }
    String last = segments[segments.length - 1];
    if (last.equals(".") || last.equals("..")) {
      kept.add(""); // they name a directory
    }
    return "/" + String.join("/", kept);
  }
}
