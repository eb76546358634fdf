package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.LocalFile;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is sent with a request.
 *
 * @param method the method that it implies
 * @param contentType the default content type, or null
 * @param publisher may be used again for another request; it fails then where it has sent what can
 *     be read but once, as standard input
 */
record RequestContent(String method, String contentType, BodyPublisher publisher) {

  /** Nothing is sent. */
  static final RequestContent NONE = new RequestContent("GET", null, BodyPublishers.noBody());

  /**
   * The content for {@code -d}, which is joined with {@code &}.
   *
   * @param data text, or {@code @F} for a file without its line ends, {@code @-} for standard input
   */
  static RequestContent ofData(List<String> data, InputStream stdin) throws CommandException {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String item : data) {
      if (joined.size() > 0) {
        joined.write('&');
      }
      if (!item.startsWith("@")) {
        joined.writeBytes(item.getBytes(StandardCharsets.UTF_8));
        continue;
      }
      for (byte b : read(item.substring(1), stdin)) {
        if (b != '\r' && b != '\n' && b != 0) {
          joined.write(b);
        }
      }
    }
    return new RequestContent(
        "POST",
        "application/x-www-form-urlencoded",
        BodyPublishers.ofByteArray(joined.toByteArray()));
  }

  /**
   * The content for {@code -T}: a file, or standard input for {@code -}, streamed. Only of a
   * regular file the length is known; the system says 0 of a pipe.
   */
  static RequestContent ofUpload(String file, InputStream stdin) throws CommandException {
    if (file.equals("-")) {
      return new RequestContent(
          "PUT", null, new ReadOnce("standard input", () -> stdin).publisher());
    }
    try {
      Path path = LocalFile.of(file);
      if (!Files.isReadable(path) || Files.isDirectory(path)) {
        throw new FileNotFoundException(file);
      }
      return new RequestContent(
          "PUT",
          null,
          Files.isRegularFile(path)
              ? BodyPublishers.ofFile(path)
              : new ReadOnce(file, () -> Files.newInputStream(path)).publisher());
    } catch (IOException e) {
      throw new CommandException(ExitCode.READ_ERROR, "cannot read " + file, e);
    }
  }

  private static byte[] read(String file, InputStream stdin) throws CommandException {
    try {
      return file.equals("-") ? stdin.readAllBytes() : Files.readAllBytes(LocalFile.of(file));
    } catch (IOException e) {
      throw new CommandException(ExitCode.READ_ERROR, "cannot read " + file, e);
    }
  }
}
