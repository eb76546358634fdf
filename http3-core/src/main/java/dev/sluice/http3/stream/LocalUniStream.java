package dev.sluice.http3.stream;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * A unidirectional stream that this side sends on for as long as the connection lives: control,
 * QPACK encoder or QPACK decoder. What it is given waits here until QUIC takes it, from before the
 * stream could be opened.
 */
public final class LocalUniStream {
  /**
   * A peer that neither opens its flow control nor grants streams, and goes on making this side say
   * things, would have them pile up here. A quarter of a megabyte is a thousand times what one
   * round trip of these streams carries.
   */
  private static final int MAX_WAITING = 256 << 10;

  /** RFC 9218 §4.1. */
  private static final int MOST_URGENT = 0;

  private final long type;
  private SendStream out;
  private long given;
  private byte[] waiting;
  private int waitingFrom;
  private int waitingTo;

  /**
   * @param type what the stream is; its first bytes
   */
  public LocalUniStream(long type) {
    this.type = type;
    waiting = new byte[VarInt.length(type)];
    new WireWriter(waiting, 0, waiting.length).varInt(type);
    waitingTo = waiting.length;
    given = waiting.length;
  }

  /** Whether the QUIC stream was opened. */
  public boolean isOpen() {
    return out != null;
  }

  /** Whether this is the stream with a given id. */
  public boolean is(long id) {
    return out != null && out.id() == id;
  }

  /** The QUIC stream's id; only once it is open. */
  public long id() {
    return out.id();
  }

  /** What the stream is. */
  public long type() {
    return type;
  }

  /**
   * The QUIC stream is there: sends what has waited for it. It takes turns with the most urgent
   * content and goes before all other: a long response would keep back a GOAWAY until its end, and
   * what QPACK inserts for a more urgent one.
   */
  public void open(SendStream stream) {
    out = stream;
    out.setPriority(MOST_URGENT, true);
    flush();
  }

  /** Bytes that QUIC would take at once. */
  public int credit() {
    return out == null || waitingFrom < waitingTo ? 0 : out.writable();
  }

  /**
   * Sends bytes after all that was given before. What QUIC does not take waits; {@link
   * #requireModest()} says when that is too much.
   */
  public void write(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    given += bytes.length;
    int taken = 0;
    if (out != null && waitingFrom == waitingTo) {
      taken = out.write(bytes, 0, bytes.length);
    }
    keep(bytes, taken);
  }

  /** Whether the peer has acknowledged everything that this stream was given. */
  public boolean isAcknowledged() {
    return out != null && out.acknowledged() >= given;
  }

  /** There may be room again. */
  public void flush() {
    if (out != null && waitingFrom < waitingTo) {
      waitingFrom += out.write(waiting, waitingFrom, waitingTo - waitingFrom);
    }
  }

  /**
   * Checks that what waits is no more than an honest peer would let pile up.
   *
   * @throws ConnectionErrorException H3_EXCESSIVE_LOAD when it is
   */
  public void requireModest() {
    if (waitingTo - waitingFrom > MAX_WAITING) {
      throw new ConnectionErrorException(
          Http3Error.H3_EXCESSIVE_LOAD, "our " + StreamType.name(type) + " is never read");
    }
  }

  private void keep(byte[] bytes, int from) {
    int more = bytes.length - from;
    if (more == 0) {
      return;
    }
    int left = waitingTo - waitingFrom;
    if (waiting.length - waitingTo < more) {
      byte[] target = new byte[Math.max(2 * (left + more), 256)];
      System.arraycopy(waiting, waitingFrom, target, 0, left);
      waiting = target;
      waitingFrom = 0;
      waitingTo = left;
    }
    System.arraycopy(bytes, from, waiting, waitingTo, more);
    waitingTo += more;
  }
}
