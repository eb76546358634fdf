package dev.sluice.tools.serve;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
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

  private static String encode(String name) {
    try {
      return new URI(null, null, "/" + name, null).toASCIIString().substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("a path is always quoted", e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
