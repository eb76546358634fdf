package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Content that is gone once it was read: of standard input and of pipes. A request that wants it
 * again, after a redirect or for another URL, fails; it would send nothing, or the rest.
 */
final class ReadOnce {
  private final String name;
  private final Source source;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Where it comes from. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /**
   * @param name for people
   */
  ReadOnce(String name, Source source) {
    this.name = name;
    this.source = source;
  }

  /** May be subscribed to several times; one of the subscribers gets the content. */
  BodyPublisher publisher() {
    return BodyPublishers.ofInputStream(Reader::new);
  }

  private InputStream begin() throws IOException {
    if (begun.getAndSet(true)) {
      String line = name + " was read already, and cannot be sent again";
      throw new IOException(line, new CommandException(ExitCode.CANNOT_SEND_AGAIN, line));
    }
    return source.open();
  }

  /** What a request that ends before its content is asked for does not touch. */
  private final class Reader extends InputStream {
    private InputStream in;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (in == null) {
        in = begin();
      }
      return in.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
