package dev.sluice.http3.server;

import java.io.IOException;
import java.io.InputStream;

/** A request's body as the handler reads it: asks for it if need be, and remembers its end. */
final class RequestBodyStream extends InputStream {

  private final InputStream in;

  /** Null when the client does not wait to be asked, or has been. */
  private Runnable ask;

  private volatile boolean atEnd;

  RequestBodyStream(InputStream in, Runnable ask) {
    this.in = in;
    this.ask = ask;
  }

  /** Whether a read has said that there is no more. */
  boolean isAtEnd() {
    return atEnd;
  }

  @Override
  public int read() throws IOException {
    askOnce();
    int b = in.read();
    atEnd |= b < 0;
    return b;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    askOnce();
    int n = in.read(target, offset, length);
    atEnd |= n < 0;
    return n;
  }

  private void askOnce() {
    Runnable asking = ask;
    if (asking != null) {
      ask = null;
      asking.run();
    }
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
