package dev.sluice.quic.stream;

import dev.sluice.quic.trace.Footprint;

/**
 * Puts the bytes of STREAM or CRYPTO frames back in order (RFC 9000 §2.2). Segments may come in any
 * order, twice, and overlapping; each is copied once, straight to its place, and read out once.
 *
 * <p>In-order arrival touches nothing but a counter; only what lies beyond a gap is kept track of
 * as ranges.
 */
public final class Reassembler {
  /**
   * The number of separate stretches beyond the first gap that are kept track of. A window of 16
   * MiB, sent in packets of 1200 bytes of which every other one is lost, leaves 7,000 of them; a
   * peer that makes more does it to exhaust us, and at this number its stretches cost 256 KiB.
   */
  static final int MAX_STRETCHES = 16_384;

  /** Fewer bytes than this are handed over as a copy, so that they keep no whole chunk. */
  private static final int LEAST_PIECE = 1024;

  private final ChunkedBytes bytes;
  private final ReturnedChunks returned;
  private final long limit;
  private final RangeSet beyondGap = new RangeSet();
  private long readOffset;
  private long contiguousEnd;
  private boolean discarding;

  /**
   * @param pool where the storage comes from and goes back to
   * @param limit how many bytes beyond the read offset may be stored; at most 2^31. For streams,
   *     flow control enforces a smaller one first
   */
  public Reassembler(ChunkPool pool, long limit) {
    this.bytes = new ChunkedBytes(pool);
    this.returned = pool.returned();
    this.limit = limit;
  }

  /**
   * Takes a segment. The array is copied from and not kept.
   *
   * @param offset of the segment's first byte, 0 to 2^62-1
   * @return false when the segment reaches further than the limit, or leaves more gaps than a
   *     network would make; then nothing of it was kept, and the connection is to be closed with
   *     the error that fits the frame
   */
  public boolean insert(long offset, byte[] source, int from, int length) {
    long end = offset + length;
    if (end <= contiguousEnd) {
      return true;
    }
    if (end - readOffset > limit && !discarding) {
      return false;
    }
    long start = Math.max(offset, contiguousEnd);
    if (start > contiguousEnd && beyondGap.size() >= MAX_STRETCHES) {
      return false;
    }
    if (!discarding) {
      bytes.put(start, source, from + (int) (start - offset), (int) (end - start));
    }
    if (start > contiguousEnd) {
      beyondGap.add(start, end);
      return true;
    }
    contiguousEnd = end;
    while (!beyondGap.isEmpty() && beyondGap.firstStart() <= contiguousEnd) {
      contiguousEnd = Math.max(contiguousEnd, beyondGap.firstEnd());
      beyondGap.removeFirst();
    }
    if (discarding) {
      readOffset = contiguousEnd;
    }
    return true;
  }

  /**
   * Copies contiguous bytes out and frees their storage.
   *
   * @return the number of bytes, 0 when the next one hasn't arrived
   */
  public int read(byte[] target, int to, int length) {
    int n = (int) Math.min(length, contiguousEnd - readOffset);
    if (n > 0) {
      bytes.get(readOffset, target, to, n);
      readOffset += n;
      if (readOffset == contiguousEnd && beyondGap.isEmpty()) {
        bytes.clear(readOffset);
      } else {
        bytes.discardBelow(readOffset);
      }
    }
    return n;
  }

  /**
   * Hands contiguous bytes over where they lie, some of them at least if there are any.
   *
   * @param most how many at the most, at least 1
   * @return the number of bytes, 0 when the next one hasn't arrived
   */
  public int take(int most, RecvStream.Taker to) {
    int within = (int) (readOffset % ChunkPool.CHUNK);
    int room = Math.min(most, ChunkPool.CHUNK - within);
    int n = (int) Math.min(room, contiguousEnd - readOffset);
    if (n <= 0) {
      return 0;
    }
    if (n < LEAST_PIECE && !bytes.isShared(readOffset)) {
      byte[] copy = new byte[n];
      read(copy, 0, n);
      to.take(copy, 0, n, null);
      return n;
    }
    byte[] chunk = bytes.share(readOffset);
    readOffset += n;
    bytes.discardBelow(readOffset);
    to.take(chunk, within, n, within + n == ChunkPool.CHUNK ? returned : null);
    return n;
  }

  /** Contiguous bytes that {@link #read} would give. */
  public long readable() {
    return contiguousEnd - readOffset;
  }

  /** The offset of the next byte that {@link #read} gives. */
  public long readOffset() {
    return readOffset;
  }

  /** Every byte below this offset has arrived. */
  public long contiguousEnd() {
    return contiguousEnd;
  }

  /** Whether something has arrived beyond a gap. */
  public boolean hasGap() {
    return !beyondGap.isEmpty();
  }

  /** Drops what lies at {@code end} or above, beyond a gap: it will not be delivered. */
  public void discardFrom(long end) {
    if (end >= contiguousEnd) {
      beyondGap.remove(end, Long.MAX_VALUE);
      bytes.discardFrom(end);
    }
  }

  /** Drops what lies beyond the first gap: for when nothing more can arrive to fill it. */
  public void discardBeyondGap() {
    beyondGap.clear();
    if (readable() == 0) {
      bytes.clear(contiguousEnd);
    } else {
      bytes.discardFrom(contiguousEnd);
    }
  }

  /**
   * What is stored, and how scattered it is.
   *
   * @param window how far beyond what was read the peer may send
   */
  public void measure(long window, Footprint out) {
    out.holds("stretches beyond a gap", beyondGap.size(), MAX_STRETCHES);
    out.holds("room for stretches", beyondGap.room(), 2 * MAX_STRETCHES);
    // The first and the last chunk may be there for one byte each.
    out.holds("storage of a stream", storage(), window + 2L * ChunkPool.CHUNK);
  }

  /** How many bytes the chunks take up in which something lies. */
  long storage() {
    return bytes.storage();
  }

  /**
   * Drops all bytes, and those still to come; only which ones arrived is kept track of from here
   * on, so that {@link #contiguousEnd} still tells when all have.
   */
  public void discard() {
    discarding = true;
    readOffset = contiguousEnd;
    bytes.clear(contiguousEnd);
  }
}
