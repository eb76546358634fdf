package dev.sluice.http3.server;

import dev.sluice.quic.io.ByteQueue;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file's bytes from a position on. They are read and not mapped: a file that is cut short while
 * it is mapped fails in the middle of whatever touches it, with an error that says nothing of it.
 */
final class FileSource implements ByteQueue.Filler {
  private final FileChannel file;
  private long position;

  FileSource(FileChannel file, long position) {
    this.file = file;
    this.position = position;
  }

  @Override
  public int fill(ByteBuffer room) throws IOException {
    int read = file.read(room, position);
    if (read < 0) {
      throw new EOFException("the file is shorter than what is sent of it: " + position + " bytes");
    }
    position += read;
    return read;
  }
}
