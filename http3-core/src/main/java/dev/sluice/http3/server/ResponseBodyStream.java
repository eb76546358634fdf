package dev.sluice.http3.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * A response's body as the handler writes it, held to the rules of its method, status and length.
 * It gathers here as long as it is small, so that most responses are sent whole.
 */
final class ResponseBodyStream extends OutputStream {

  /** Where it goes. */
  interface Target {
    /**
     * Nothing happens as long as somebody wants it.
     *
     * @throws IOException why nobody does
     */
    void check() throws IOException;

    /**
     * This is all of it.
     *
     * @param content is the target's from now on
     */
    void end(byte[] content, int length) throws IOException;

    /** It does not come whole: whatever there is goes through this, and closing that ends it. */
    OutputStream flow() throws IOException;

    /** Sends the head even if there is no byte yet. */
    void wantHead();

    /**
     * How many bytes, at least 1 and at most {@code wanted}, may go into the flow next.
     *
     * @throws IllegalStateException they would have to wait, and this thread must not
     */
    int room(int wanted);

    /** The handler has not kept to its content-length. */
    void breakOff(IOException cause);
  }

  static final byte[] NOTHING = {};

  /** What gathers before anything is sent, unless it is flushed; two dozen full packets. */
  private static final int LARGEST_WHOLE = 32 * 1024;

  /** Room for what gathers; the first write gets what it needs, since it is mostly the only one. */
  private static final int LEAST_ROOM = 256;

  private final Target target;
  private final ResponseRules.Body rule;

  /** What content-length promised; negative when it said nothing. */
  private final long promised;

  private byte[] gathered = NOTHING;
  private int length;

  /** Null while it gathers. */
  private OutputStream out;

  private long written;
  private boolean closed;

  ResponseBodyStream(Target target, ResponseRules.Body rule, long promised) {
    this.target = target;
    this.rule = rule;
    this.promised = promised;
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
  public void write(byte[] source, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, source.length);
    if (closed) {
      throw new IOException("the response has ended");
    }
    if (count == 0) {
      return;
    }
    if (rule == ResponseRules.Body.FORBIDDEN) {
      throw new IOException("a response with this status has no body");
    }
    if (promised >= 0 && written + count > promised) {
      throw new IOException("more bytes than the content-length of " + promised);
    }
    written += count;
    if (rule == ResponseRules.Body.SENT) {
      send(source, offset, count);
    }
  }

  private void send(byte[] source, int offset, int count) throws IOException {
    if (out == null && count <= LARGEST_WHOLE - length) {
      target.check();
      gather(source, offset, count);
      return;
    }
    startFlow();
    int end = offset + count;
    for (int at = offset; at < end; ) {
      int next = target.room(end - at);
      out.write(source, at, next);
      at += next;
    }
  }

  private void gather(byte[] source, int offset, int count) {
    if (length + count > gathered.length) {
      int more = length == 0 ? 0 : Math.clamp(2L * length, LEAST_ROOM, LARGEST_WHOLE);
      gathered = Arrays.copyOf(gathered, Math.max(length + count, more));
    }
    System.arraycopy(source, offset, gathered, length, count);
    length += count;
  }

  private void startFlow() throws IOException {
    if (out == null) {
      out = target.flow();
      out.write(gathered, 0, length);
      gathered = NOTHING;
      length = 0;
    }
  }

  @Override
  public void flush() throws IOException {
    if (closed) {
      return;
    }
    if (out == null) {
      startFlow();
      target.wantHead();
    }
    out.flush();
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
      target.breakOff(failure);
      throw failure;
    }
    if (out != null) {
      out.close();
    } else {
      target.end(gathered, length);
    }
  }
}
