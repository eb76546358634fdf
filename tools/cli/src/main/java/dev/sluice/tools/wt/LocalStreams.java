package dev.sluice.tools.wt;

import dev.sluice.http3.session.SessionStreamEndedException;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies between the command's own ends and a session's, and tells whose failure one is. */
final class LocalStreams {
  private static final int CHUNK = 1 << 16;

  /** The code of a stream whose input could not be read to its end. */
  private static final long CUT_SHORT = 1;

  private LocalStreams() {}

  /** Sends all of the input and the end of it, and waits until the server has it. */
  static void send(InputStream in, WebTransportStream stream) throws CommandException, IOException {
    OutputStream out = stream.outputStream();
    byte[] chunk = new byte[CHUNK];
    for (int read = read(in, chunk); read >= 0; read = read(in, chunk)) {
      out.write(chunk, 0, read);
    }
    out.close();
    SessionStreamEnding ending = stream.sendEnded().toCompletableFuture().join();
    if (!(ending instanceof SessionStreamEnding.Finished)) {
      throw new SessionStreamEndedException(ending);
    }
  }

  /** Tells the server that the input has not been read to its end. */
  static void cutShort(WebTransportStream stream) {
    stream.reset(CUT_SHORT);
  }

  /** Writes all of a stream, up to its end. */
  static void receive(InputStream stream, OutputStream out) throws CommandException, IOException {
    byte[] chunk = new byte[CHUNK];
    for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
      write(out, chunk, read);
    }
  }

  /** Reads from standard input. */
  static int read(InputStream in, byte[] chunk) throws CommandException {
    try {
      return in.read(chunk);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.READ_ERROR, "cannot read standard input: " + e.getMessage(), e);
    }
  }

  /** Writes to standard output. */
  static void write(OutputStream out, byte[] bytes, int length) throws CommandException {
    try {
      out.write(bytes, 0, length);
      out.flush();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "cannot write to standard output: " + e.getMessage(), e);
    }
  }
}
