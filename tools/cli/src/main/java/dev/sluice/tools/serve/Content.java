package dev.sluice.tools.serve;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
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
  void writeTo(OutputStream out) throws IOException;

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
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes);
    }
  }

  /** A part of a file. */
  record FilePart(Path file, long offset, long length) implements Content {
    private static final int CHUNK = 1 << 16;

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        InputStream in = Channels.newInputStream(channel.position(offset));
        byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
        long left = length;
        while (left > 0) {
          int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
          if (read < 0) {
            throw new EOFException(file + " became shorter while it was sent");
          }
          out.write(chunk, 0, read);
          left -= read;
        }
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
    public void writeTo(OutputStream out) throws IOException {
      for (Content part : parts) {
        part.writeTo(out);
      }
    }
  }
}
