package dev.sluice.tools.serve;

import dev.sluice.http3.server.ResponseBody;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The content of a reply, whose length is known before it is sent. */
sealed interface Content {
  /** Bytes. */
  long length();

  /**
   * Writes all of it.
   *
   * @throws IOException the file cannot be read or is shorter than it was, or the peer is gone
   */
  void writeTo(ResponseBody out) throws IOException;

  /** A few bytes. */
  record Bytes(byte[] bytes) implements Content {
    static final Bytes NONE = new Bytes(new byte[0]);

    static Bytes of(String text) {
      return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void writeTo(ResponseBody out) throws IOException {
      out.write(bytes);
    }
  }

  /** A part of a file. */
  record FilePart(Path file, long offset, long length) implements Content {
    @Override
    public void writeTo(ResponseBody out) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        out.write(channel, offset, length);
      }
    }
  }

  /** One after another. */
  record Sequence(List<Content> parts) implements Content {
    @Override
    public long length() {
      return parts.stream().mapToLong(Content::length).sum();
    }

    @Override
    public void writeTo(ResponseBody out) throws IOException {
      for (Content part : parts) {
        part.writeTo(out);
      }
    }
  }
}
