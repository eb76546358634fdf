package dev.sluice.http3.server;

import dev.sluice.quic.io.InboundPipe;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A request's body as the handler reads it: asks for it if need be, and remembers its end. */
final class RequestBodyStream extends InputStream {

  /** Null when there is nothing to read. */
  private final InboundPipe pipe;

  /** Null when the client does not wait to be asked, or has been. */
  private Runnable ask;

  private final BooleanSupplier mustNotWait;

  private volatile boolean atEnd;

  /**
   * @param pipe null when the request has no body
   * @param ask asks the client for it; null when it does not wait to be asked
   * @param mustNotWait whether the calling thread must not
   */
  RequestBodyStream(InboundPipe pipe, Runnable ask, BooleanSupplier mustNotWait) {
    this.pipe = pipe;
    this.ask = ask;
    this.mustNotWait = mustNotWait;
  }

  /** Whether a read has said that there is no more. */
  boolean isAtEnd() {
    return atEnd;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    askOnce();
    int n = next(target, offset, length);
    atEnd |= n < 0;
    return n;
  }

  private int next(byte[] target, int offset, int length) throws IOException {
    if (pipe == null) {
      return -1;
    }
    if (!mustNotWait.getAsBoolean()) {
      return pipe.stream().read(target, offset, length);
    }
    int n = pipe.poll(target, offset, length);
    if (n == 0) {
      throw new IllegalStateException(
          "a handler on the loop's thread cannot wait until the client has sent more");
    }
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
    return pipe == null ? 0 : pipe.stream().available();
  }

  @Override
  public void close() throws IOException {
    if (pipe != null) {
      pipe.stream().close();
    }
  }
}
