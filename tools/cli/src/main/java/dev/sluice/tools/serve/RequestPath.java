package dev.sluice.tools.serve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request target as names of folders and files, decoded and safe to resolve below a
 * folder: no name in it is empty, a dot-segment, or holds a separator or a control character.
 *
 * @param segments the names from the root down; none for the root itself
 * @param directory whether the path ended with a slash
 */
record RequestPath(List<String> segments, boolean directory) {
  RequestPath {
    segments = List.copyOf(segments);
  }

  /**
   * Reads the path of a request target (RFC 9110 §7.1, RFC 3986 §3.3); the query is left out.
   *
   * @throws IllegalArgumentException it is malformed, or would climb out of the root
   */
  static RequestPath parse(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("the path does not begin with a slash");
    }
    List<String> segments = new ArrayList<>();
    boolean directory = true;
    for (String raw : path.substring(1).split("/", -1)) {
      directory = raw.isEmpty();
      if (!directory) {
        segments.add(segment(raw));
      }
    }
    return new RequestPath(segments, directory);
  }

  private static String segment(String raw) {
    String name = decode(raw);
    // Clients resolve dot-segments before they ask (RFC 3986 §5.2.4); who sends one is up to no
    // good.
    if (name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("the path has a dot-segment");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/' || c == '\\' || Character.isISOControl(c)) {
        throw new IllegalArgumentException("the path has a character that no file name has");
      }
    }
    return name;
  }

  private static String decode(String raw) {
    if (raw.indexOf('%') < 0 && raw.chars().allMatch(c -> c < 0x80)) {
      return raw;
    }
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("the path has a % without two hexadecimal digits");
      }
      decoded.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the path is not UTF-8", e);
    }
  }
}
