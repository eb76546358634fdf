package dev.sluice.quic.stream;

/**
 * The bytes of a stream from written to acknowledged, for STREAM and CRYPTO frames alike. Bytes are
 * copied in, or taken over in the arrays in which they are, and stay where they are until they are
 * acknowledged; what is new, in flight, lost or acknowledged are ranges of offsets:
 *
 * <pre>
 *   0 ........ acknowledged ............ sent ................ written
 *      (freed)              (in flight,        (not sent yet)
 *                          lost, or acked
 *                            out of order)
 * </pre>
 *
 * <p>What was lost goes out before what is new (RFC 9000 §13.3).
 */
public final class SendBuffer {
  /**
   * Fewer bytes than this are copied rather than taken over: what is kept of each segment would
   * weigh too much beside them.
   */
  public static final int LEAST_ADOPTED = 1024;

  private final SendSegments bytes;
  private final RangeSet ackedBeyondGap = new RangeSet();
  private final RangeSet lost = new RangeSet();
  private long acknowledged;

  /** From here on bytes may count as acknowledged that the peer has not got: they are given up. */
  private long givenUpFrom = Long.MAX_VALUE;

  private long sent;
  private long written;

  /**
   * @param pool where the storage comes from and goes back to
   */
  public SendBuffer(ChunkPool pool) {
    this.bytes = new SendSegments(pool);
  }

  /** Copies bytes in behind what was written. The caller bounds {@link #buffered()}. */
  public void write(byte[] source, int from, int length) {
    bytes.copy(source, from, length);
    written += length;
  }

  /**
   * Takes bytes over behind what was written, on the contract of {@link SendStream#adopt}. The
   * caller bounds {@link #buffered()}.
   */
  public void adopt(byte[] array, int from, int length, ReturnedChunks home) {
    if (home == null && length < LEAST_ADOPTED) {
      bytes.copy(array, from, length);
    } else {
      bytes.adopt(array, from, length, home);
    }
    written += length;
  }

  /** The number of bytes written so far: the offset behind the last one. */
  public long written() {
    return written;
  }

  /** The offset behind the highest byte that was ever sent. */
  public long sent() {
    return sent;
  }

  /** The bytes that are stored: from the first that isn't acknowledged on. */
  public long buffered() {
    return written - acknowledged;
  }

  /** How many bytes from the first on the peer has acknowledged without a gap. */
  public long delivered() {
    return Math.min(acknowledged, givenUpFrom);
  }

  /** The bytes that were never sent. */
  public long unsent() {
    return written - sent;
  }

  /** Whether bytes were lost that are to be sent again. */
  public boolean hasLost() {
    return !lost.isEmpty();
  }

  /** Whether every byte that was written is acknowledged. */
  public boolean isAllAcknowledged() {
    return acknowledged == written;
  }

  /** Whether anything is to be sent, lost or new. */
  public boolean hasPending() {
    return !lost.isEmpty() || sent < written;
  }

  /** The offset of the next byte to send: the first lost one, else the first new one. */
  public long pendingOffset() {
    return lost.isEmpty() ? sent : lost.firstStart();
  }

  /** How many bytes from {@link #pendingOffset()} on can go out in one stretch. */
  public long pendingLength() {
    return lost.isEmpty() ? written - sent : lost.firstEnd() - lost.firstStart();
  }

  /**
   * Copies the next {@code length} pending bytes out and takes them as sent.
   *
   * @param length 1 to {@link #pendingLength()}
   */
  public void send(int length, byte[] target, int to) {
    long offset = pendingOffset();
    bytes.get(offset, target, to, length);
    if (lost.isEmpty()) {
      sent += length;
    } else {
      lost.remove(offset, offset + length);
    }
  }

  /** The peer has these bytes. They may have been acknowledged before, or taken for lost. */
  public void onAcked(long offset, long length) {
    acked(offset, offset + length);
  }

  private void acked(long offset, long end) {
    lost.remove(offset, end);
    if (offset > acknowledged) {
      ackedBeyondGap.add(offset, end);
      return;
    }
    acknowledged = Math.max(acknowledged, end);
    while (!ackedBeyondGap.isEmpty() && ackedBeyondGap.firstStart() <= acknowledged) {
      acknowledged = Math.max(acknowledged, ackedBeyondGap.firstEnd());
      ackedBeyondGap.removeFirst();
    }
    if (acknowledged == written) {
      bytes.clear(acknowledged);
    } else {
      bytes.discardBelow(acknowledged);
    }
  }

  /** These bytes are to be sent again, except those that another packet brought to the peer. */
  public void onLost(long offset, int length) {
    long end = offset + length;
    long at = Math.max(offset, acknowledged);
    while (at < end) {
      long from = ackedBeyondGap.firstMissing(at, end);
      long to = ackedBeyondGap.firstPresent(from, end);
      lost.add(from, to);
      at = Math.max(to, from + 1);
    }
  }

  /** Takes everything that was sent and isn't acknowledged for lost, as after a Retry. */
  public void onAllLost() {
    for (long at = acknowledged; at < sent; ) {
      int length = (int) Math.min(sent - at, 1 << 30);
      onLost(at, length);
      at += length;
    }
  }

  /**
   * Nothing was ever sent: 0-RTT was refused before anything was acknowledged.
   *
   * @param size how many of the written bytes there still are
   */
  public void restart(long size) {
    lost.clear();
    ackedBeyondGap.clear();
    acknowledged = 0;
    sent = 0;
    written = Math.min(written, size);
    bytes.discardFrom(written);
  }

  /**
   * Gives up all bytes from {@code end} on: they are neither sent nor sent again. What is sent of
   * them counts as acknowledged, the rest as never written.
   */
  public void truncate(long end) {
    givenUpFrom = Math.max(end, delivered());
    written = Math.min(written, Math.max(sent, end));
    bytes.discardFrom(end);
    acked(Math.min(end, sent), sent);
  }

  /** Drops every byte: nothing is sent, or sent again, from here on. */
  public void discard() {
    givenUpFrom = delivered();
    lost.clear();
    ackedBeyondGap.clear();
    written = sent;
    acknowledged = sent;
    bytes.clear(sent);
  }
}
