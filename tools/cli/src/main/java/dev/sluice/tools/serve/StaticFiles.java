package dev.sluice.tools.serve;

import dev.sluice.http3.message.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers requests with the files below a folder: GET and HEAD with conditions (RFC 9110 §13) and
 * ranges (§14), {@code index.html} or a listing for a folder. Nothing outside the folder is ever
 * read, not by {@code ..} nor by a symbolic link. May be used by many threads.
 */
final class StaticFiles {
  private static final Set<String> METHODS = Set.of("GET", "HEAD");
  private static final String ALLOW = "GET, HEAD, OPTIONS";

  private final Path root;

  /**
   * @param root the folder to serve
   * @throws IOException it cannot be found
   */
  StaticFiles(Path root) throws IOException {
    this.root = root.toRealPath();
    if (!Files.isDirectory(this.root)) {
      throw new NotDirectoryException(root.toString());
    }
  }

  /**
   * The answer to a request.
   *
   * @param target path and query as the request had them
   */
  Reply answer(String method, String target, Fields request) {
    if (method.equals("OPTIONS")) {
      return new Reply(204, Map.of("allow", ALLOW), Content.Bytes.NONE);
    }
    if (!METHODS.contains(method)) {
      return Reply.error(405, "only GET and HEAD are served here").with("allow", ALLOW);
    }
    try {
      return find(target, method, request);
    } catch (IllegalArgumentException e) {
      return Reply.error(400, e.getMessage());
    } catch (NoSuchFileException e) {
      return Reply.error(404, "no such file");
    } catch (IOException e) {
      return Reply.error(403, "this file cannot be read");
    }
  }

  private Reply find(String target, String method, Fields request) throws IOException {
    RequestPath path = RequestPath.parse(target);
    Path file = resolve(path);
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      if (!path.directory()) {
        return redirect(target);
      }
      Path index = file.resolve("index.html");
      if (!Files.exists(index)) {
        return Listing.of(path, file, this::isInside);
      }
      file = requireInside(index.toRealPath());
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } else if (path.directory()) {
      return Reply.error(404, "no such folder");
    }
    if (!attributes.isRegularFile() || !Files.isReadable(file)) {
      return Reply.error(403, "this file cannot be read");
    }
    return file(file, attributes, method, request);
  }

  private Path resolve(RequestPath path) throws IOException {
    Path file = root;
    try {
      for (String segment : path.segments()) {
        file = file.resolve(segment);
      }
      return requireInside(file.toRealPath());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("no file has such a name", e);
    } catch (java.nio.file.FileSystemException e) {
      // A file in the place of a folder, a name that is too long: whatever it is, it isn't there.
      NoSuchFileException none = new NoSuchFileException(file.toString());
      none.initCause(e);
      throw none;
    }
  }

  private Path requireInside(Path real) throws IOException {
    if (!real.startsWith(root)) {
      throw new IOException("a link leads out of the folder that is served");
    }
    return real;
  }

  private boolean isInside(Path file) {
    try {
      return file.toRealPath().startsWith(root);
    } catch (IOException broken) {
      return false;
    }
  }

  private static Reply redirect(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    // Two slashes at the front would make it the name of another host.
    String location =
        path.replaceFirst("^/+", "/") + "/" + (query < 0 ? "" : target.substring(query));
    return Reply.error(308, "it is a folder: " + location).with("location", location);
  }

  private static Reply file(
      Path file, BasicFileAttributes attributes, String method, Fields request) {
    long size = attributes.size();
    Instant modified = attributes.lastModifiedTime().toInstant();
    String tag = "\"%x-%x.%x\"".formatted(size, modified.getEpochSecond(), modified.getNano());
    Instant now = Instant.now();
    // What is from the future was modified now, to all who ask (§8.8.2.1).
    Instant said = (modified.isAfter(now) ? now : modified).truncatedTo(ChronoUnit.SECONDS);
    Preconditions conditions = new Preconditions(tag, said);

    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("etag", tag);
    fields.put("last-modified", HttpDate.format(said));
    fields.put("accept-ranges", "bytes");
    Reply whole = new Reply(200, fields, new Content.FilePart(file, 0, size));
    return switch (conditions.evaluate(request)) {
      case NOT_MODIFIED -> new Reply(304, fields, Content.Bytes.NONE);
      case FAILED -> Reply.error(412, "the file is not as the request wants it");
      case PROCEED -> {
        String type = ContentTypes.of(file.getFileName().toString());
        // Ranges are defined for GET alone (§14.2).
        Optional<List<ByteRange>> ranges =
            method.equals("GET") && conditions.rangeApplies(request)
                ? Optional.ofNullable(request.first("range"))
                    .flatMap(range -> ByteRange.parse(range, size))
                : Optional.empty();
        yield ranges.isPresent()
            ? partial(whole, file, size, type, ranges.get())
            : whole.with("content-type", type).withLength();
      }
    };
  }

  private static Reply partial(
      Reply whole, Path file, long size, String type, List<ByteRange> ranges) {
    if (ranges.isEmpty()) {
      return Reply.error(416, "the file has " + size + " bytes")
          .with("content-range", "bytes */" + size);
    }
    if (ranges.size() == 1) {
      ByteRange range = ranges.getFirst();
      Content part = new Content.FilePart(file, range.first(), range.length());
      return new Reply(206, whole.fields(), part)
          .with("content-type", type)
          .with("content-range", range.contentRange(size))
          .withLength();
    }
    return multipart(whole, file, size, type, ranges);
  }

  /** Several ranges in one reply (§14.6). */
  private static Reply multipart(
      Reply whole, Path file, long size, String type, List<ByteRange> ranges) {
    // It must not occur in the parts. A state of a file has one, so that a reply can be repeated.
    String boundary = "sluice-" + whole.fields().get("etag").replaceAll("[^0-9a-f]", "-");
    List<Content> parts = new ArrayList<>();
    for (ByteRange range : ranges) {
      parts.add(
          Content.Bytes.of(
              "\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n"
                  .formatted(boundary, type, range.contentRange(size))));
      parts.add(new Content.FilePart(file, range.first(), range.length()));
    }
    parts.add(Content.Bytes.of("\r\n--" + boundary + "--\r\n"));
    return new Reply(206, whole.fields(), new Content.Sequence(List.copyOf(parts)))
        .with("content-type", "multipart/byteranges; boundary=" + boundary)
        .withLength();
  }
}
