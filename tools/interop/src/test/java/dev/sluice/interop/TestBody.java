package dev.sluice.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A body whose bytes follow from its length, so that both sides can make it and none has to store
 * it.
 *
 * @param length in bytes
 */
record TestBody(long length) {
  private static final int CHUNK = 1 << 16;

  /** The bytes from the beginning. */
  InputStream open() {
    return new InputStream() {
      private final SplittableRandom random = new SplittableRandom(length);
      private final byte[] chunk = new byte[CHUNK];
      private int position = CHUNK;
      private long left = length;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int wanted) {
        if (left == 0 && wanted > 0) {
          return -1;
        }
        if (position == CHUNK) {
          random.nextBytes(chunk);
          position = 0;
        }
        int n = (int) Math.min(left, Math.min(wanted, CHUNK - position));
        System.arraycopy(chunk, position, into, offset, n);
        position += n;
        left -= n;
        return n;
      }
    };
  }

  /** All the bytes; for bodies that fit into memory several times. */
  byte[] bytes() throws IOException {
    return open().readAllBytes();
  }

  /** What must have arrived. */
  Digest digest() {
    return Digest.of(open());
  }

  /** A file with this content. */
  Path writeTo(Path file) throws IOException {
    try (InputStream in = open()) {
      Files.copy(in, file);
    }
    return file;
  }
}
