package dev.sluice.tools.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The page that stands for a folder without an {@code index.html}. */
final class Listing {
  /** A page with more names than this helps nobody and costs memory. */
  private static final int MAX_ENTRIES = 10_000;

  /** What a path may have beside letters and digits (RFC 3986 §3.3). */
  private static final String PLAIN = "-._~!$&'()*+,;=:@/";

  private Listing() {}

  /**
   * The listing of a folder, without hidden files.
   *
   * @param path as it was asked for
   * @param listed which of its entries may be shown
   */
  static Reply of(RequestPath path, Path folder, Predicate<Path> listed) throws IOException {
    StringBuilder page = new StringBuilder();
    String title = escape("/" + String.join("/", path.segments()));
    page.append("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>")
        .append(title)
        .append("</title>\n<h1>")
        .append(title)
        .append("</h1>\n<ul>\n");
    if (!path.segments().isEmpty()) {
      page.append("<li><a href=\"../\">../</a>\n");
    }
    for (Path entry : entries(folder, listed)) {
      String name = entry.getFileName() + (Files.isDirectory(entry) ? "/" : "");
      page.append("<li><a href=\"./%s\">%s</a>\n".formatted(escape(encode(name)), escape(name)));
    }
    page.append("</ul>\n");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("content-type", "text/html; charset=utf-8");
    return new Reply(200, fields, Content.Bytes.of(page.toString())).withLength();
  }

  private static List<Path> entries(Path folder, Predicate<Path> listed) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(listed)
          .limit(MAX_ENTRIES)
          .sorted()
          .toList();
    }
  }

  /** Octet by octet: {@link java.net.URI} would compose what the name has in two characters. */
  private static String encode(String name) {
    StringBuilder encoded = new StringBuilder(name.length());
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > 0 && Character.isLetterOrDigit(b) || PLAIN.indexOf(b) >= 0;
      encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return encoded.toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
