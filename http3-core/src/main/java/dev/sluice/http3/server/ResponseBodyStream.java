package dev.sluice.http3.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A response's body as the handler writes it, held to the rules of its method, status and length.
 */
final class ResponseBodyStream extends OutputStream {

  private final OutputStream out;
  private final ResponseRules.Body rule;

  /** What content-length promised; negative when it said nothing. */
  private final long promised;

  /** Sends the head even if there is no byte yet. */
  private final Runnable sendHead;

  private final Consumer<IOException> onBroken;
  private long written;
  private boolean headWanted;
  private boolean closed;

  ResponseBodyStream(
      OutputStream out,
      ResponseRules.Body rule,
      long promised,
      Runnable sendHead,
      Consumer<IOException> onBroken) {
    this.out = out;
    this.rule = rule;
    this.promised = promised;
    this.sendHead = sendHead;
    this.onBroken = onBroken;
  }

  /** Bytes written so far, also those that a HEAD has dropped. Settled once it is closed. */
  long written() {
    return written;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (closed) {
      throw new IOException("the response has ended");
    }
    if (length == 0) {
      return;
    }
    if (rule == ResponseRules.Body.FORBIDDEN) {
      throw new IOException("a response with this status has no body");
    }
    if (promised >= 0 && written + length > promised) {
      throw new IOException("more bytes than the content-length of " + promised);
    }
    written += length;
    if (rule == ResponseRules.Body.SENT) {
      out.write(source, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    if (!closed) {
      if (!headWanted) {
        headWanted = true;
        sendHead.run();
      }
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (rule == ResponseRules.Body.SENT && promised >= 0 && written < promised) {
      IOException failure =
          new IOException(written + " bytes and not the " + promised + " of the content-length");
      onBroken.accept(failure);
      throw failure;
    }
    out.close();
  }
}
