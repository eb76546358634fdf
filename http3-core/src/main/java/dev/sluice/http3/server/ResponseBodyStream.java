package dev.sluice.http3.server;

import dev.sluice.quic.io.OutboundPipe;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;

/**
 * A response's body as the handler writes it, held to the rules of its method, status and length.
 * It gathers here as long as it is small, so that most responses are sent whole.
 */
final class ResponseBodyStream extends ResponseBody {

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

    /** It does not come whole: whatever there is goes through this, whose end is the body's. */
    OutboundPipe flow() throws IOException;

    /** Sends the head even if there is no byte yet. */
    void wantHead();

    /**
     * How many bytes, at least 1 and at most {@code wanted}, may go into the flow next.
     *
     * @throws IllegalStateException they would have to wait, and this thread must not
     */
    int room(int wanted);

    /** It cannot be completed: the handler has not kept to its content-length, say. */
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
  private OutboundPipe out;

  private long written;
  private boolean closed;

  /** Whether the target knows the end, or that there is none. */
  private boolean over;

  ResponseBodyStream(Target target, ResponseRules.Body rule, long promised) {
    this.target = target;
    this.rule = rule;
    this.promised = promised;
  }

  /** Bytes written so far, also those that a HEAD has dropped. Settled once it is closed. */
  long written() {
    return written;
  }

  /** Whether it was ended or broken off. */
  boolean isOver() {
    return over;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, source.length);
    if (isSent(count)) {
      try {
        send(source, offset, count);
      } catch (InterruptedIOException e) {
        cutShort(e);
        throw e;
      }
    }
  }

  @Override
  public void write(FileChannel file, long position, long count) throws IOException {
    Objects.requireNonNull(file);
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException("no part of a file: " + count + " from " + position);
    }
    if (isSent(count)) {
      try {
        send(new FileSource(file, position), count);
      } catch (IOException e) {
        cutShort(e);
        throw e;
      }
    }
  }

  /** Or else the client would take what came before for all of it. */
  private void cutShort(IOException cause) {
    closed = true;
    breakOff(cause);
  }

  private void breakOff(IOException cause) {
    over = true;
    target.breakOff(cause);
  }

  /** Counts bytes, holds them to the rules and says whether they go to the client. */
  private boolean isSent(long count) throws IOException {
    if (closed) {
      throw new IOException("the response has ended");
    }
    if (count == 0) {
      return false;
    }
    if (rule == ResponseRules.Body.FORBIDDEN) {
      throw new IOException("a response with this status has no body");
    }
    if (promised >= 0 && count > promised - written) {
      throw new IOException("more bytes than the content-length of " + promised);
    }
    written += count;
    return rule != ResponseRules.Body.DROPPED;
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
      out.stream().write(source, at, next);
      at += next;
    }
  }

  private void send(FileSource source, long count) throws IOException {
    if (out == null && count <= LARGEST_WHOLE - length) {
      target.check();
      gather(source, (int) count);
      return;
    }
    startFlow();
    for (long left = count; left > 0; ) {
      int next = target.room((int) Math.min(left, Integer.MAX_VALUE));
      out.write(source, next);
      left -= next;
    }
  }

  private void gather(byte[] source, int offset, int count) {
    makeRoom(count);
    System.arraycopy(source, offset, gathered, length, count);
    length += count;
  }

  private void gather(FileSource source, int count) throws IOException {
    makeRoom(count);
    ByteBuffer room = ByteBuffer.wrap(gathered, length, count);
    while (room.hasRemaining()) {
      source.fill(room);
    }
    length += count;
  }

  private void makeRoom(int count) {
    if (length + count > gathered.length) {
      int more = length == 0 ? 0 : Math.clamp(2L * length, LEAST_ROOM, LARGEST_WHOLE);
      gathered = Arrays.copyOf(gathered, Math.max(length + count, more));
    }
  }

  private void startFlow() throws IOException {
    if (out == null) {
      out = target.flow();
      out.stream().write(gathered, 0, length);
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
    out.stream().flush();
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
      breakOff(failure);
      throw failure;
    }
    if (rule == ResponseRules.Body.TUNNEL) {
      finish();
    } else if (out != null) {
      out.stream().flush(); // the end may take the handler a while yet
    } else {
      target.check();
    }
  }

  @Override
  public void finish() throws IOException {
    close();
    if (over) {
      return;
    }
    over = true;
    if (out != null) {
      out.stream().close();
    } else {
      target.end(gathered, length);
    }
  }
}
