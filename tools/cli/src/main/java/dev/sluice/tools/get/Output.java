package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.LocalFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;

/**
 * Where a response's body goes: standard output, or a file that is made when the first byte, or the
 * end, is there to be written. Whatever goes wrong with it is a write error. A transfer that is
 * given up may be closed by another thread; it then writes no more.
 */
final class Output implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final String name;
  private final boolean ours;
  private final Opener opener;
  private OutputStream out;
  private boolean closed;

  private interface Opener {
    OutputStream open() throws IOException;
  }

  private Output(String name, boolean ours, Opener opener) {
    this.name = name;
    this.ours = ours;
    this.opener = opener;
  }

  /** To a stream that stays open. */
  static Output to(OutputStream stream) {
    return new Output("standard output", false, () -> new BufferedOutputStream(stream, BUFFER));
  }

  /** To a file, which is overwritten. */
  static Output to(String file) {
    return new Output(
        file,
        true,
        () -> new BufferedOutputStream(Files.newOutputStream(LocalFile.of(file)), BUFFER));
  }

  /** Writes bytes. */
  synchronized void write(byte[] bytes, int offset, int length) throws CommandException {
    try {
      open().write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Hands over what is buffered, so that somebody who watches can see it. */
  synchronized void flush() throws CommandException {
    try {
      open().flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Completes the output: a file exists then, an empty one too. */
  synchronized void finish() throws CommandException {
    flush();
    close();
  }

  /** Lets go of a file; what is buffered is not for anyone any more. */
  @Override
  public synchronized void close() throws CommandException {
    closed = true;
    if (out != null && ours) {
      try {
        out.close();
      } catch (IOException e) {
        throw failed(e);
      } finally {
        out = null;
      }
    }
  }

  private OutputStream open() throws IOException {
    if (closed) {
      throw new IOException("given up");
    }
    if (out == null) {
      out = opener.open();
    }
    return out;
  }

  private CommandException failed(IOException e) {
    return new CommandException(
        ExitCode.WRITE_ERROR, "cannot write to " + name + ": " + FileFailure.reason(e), e);
  }
}
