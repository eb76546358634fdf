package dev.sluice.tools.interop;

import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * HTTP/0.9 over QUIC streams, which the runner's tests use to be about QUIC alone: a line {@code
 * GET /path}, and the bare content in answer.
 */
final class HttpZeroNine {
  static final String PROTOCOL = "hq-interop";

  private static final String METHOD = "GET ";
  private static final int LONGEST_REQUEST = 4096;

  private HttpZeroNine() {}

  /** Answers requests until the connection ends; each on a thread of its own. */
  static void serve(QuicConnection connection, Path root) throws IOException {
    while (true) {
      QuicStream stream = connection.acceptStream();
      Thread.startVirtualThread(() -> answer(stream, root));
    }
  }

  private static void answer(QuicStream stream, Path root) {
    try (InputStream in = stream.inputStream()) {
      Path file = file(root, path(in.readNBytes(LONGEST_REQUEST)));
      if (file == null) {
        stream.reset(1);
        return;
      }
      OutputStream out = stream.outputStream();
      Files.copy(file, out);
      out.close();
    } catch (IOException e) {
      stream.reset(1);
    }
  }

  private static String path(byte[] request) {
    String line = new String(request, StandardCharsets.US_ASCII).strip();
    return line.startsWith(METHOD) ? line.substring(METHOD.length()).strip() : null;
  }

  /** A file below the root; null when there is no such one. */
  static Path file(Path root, String path) {
    if (path == null || !path.startsWith("/")) {
      return null;
    }
    Path file = root.resolve(path.substring(1)).normalize();
    return file.startsWith(root) && Files.isRegularFile(file) ? file : null;
  }

  /** Fetches one path to a file, on a stream of its own. */
  static void fetch(QuicConnection connection, String path, Path file) throws IOException {
    receive(request(connection, path), file);
  }

  /** Sends a request; the answer is to come on the same stream. */
  static QuicStream request(QuicConnection connection, String path) throws IOException {
    QuicStream stream = connection.openBidirectional();
    try (OutputStream out = stream.outputStream()) {
      out.write((METHOD + path + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    return stream;
  }

  /** Saves the answer to a request. */
  static void receive(QuicStream stream, Path file) throws IOException {
    try (InputStream in = stream.inputStream();
        OutputStream out = Files.newOutputStream(file)) {
      in.transferTo(out);
    }
  }
}
