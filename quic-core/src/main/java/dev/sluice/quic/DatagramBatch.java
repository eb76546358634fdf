package dev.sluice.quic;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Datagrams side by side in one array, with the addresses and ECN mark of each: what a socket
 * receives in one call, and what it sends in one call. Reused turn after turn; owned by one thread.
 *
 * <p>Filling: {@link #hasRoom()}, write at most {@link #slotSize()} bytes into {@link #buffer()}
 * from {@link #nextOffset()} on, then {@link #add}. Datagrams lie back to back, so that datagrams
 * of one size for one destination can leave as segments of one system call ({@link #runEnd}), and
 * those that a system hands over in one piece are taken apart where they lie ({@link
 * #addSegments}).
 */
public final class DatagramBatch {
  private final byte[] buffer;
  private final int slotSize;
  private final int[] offsets;
  private final int[] lengths;
  private final byte[] ecn;
  private final InetSocketAddress[] locals;
  private final InetSocketAddress[] remotes;
  private final Object[] senders;
  private int count;
  private int nextOffset;

  /**
   * @param capacity datagrams that it can hold, at least 1
   * @param slotSize the largest datagram that it can hold, in bytes
   */
  public DatagramBatch(int capacity, int slotSize) {
    this.slotSize = slotSize;
    this.buffer = new byte[capacity * slotSize];
    this.offsets = new int[capacity];
    this.lengths = new int[capacity];
    this.ecn = new byte[capacity];
    this.locals = new InetSocketAddress[capacity];
    this.remotes = new InetSocketAddress[capacity];
    this.senders = new Object[capacity];
  }

  /** The array in which all datagrams lie. */
  public byte[] buffer() {
    return buffer;
  }

  /** The largest datagram that can be added, in bytes. */
  public int slotSize() {
    return slotSize;
  }

  /** Whether another datagram of up to {@link #slotSize()} bytes can be added. */
  public boolean hasRoom() {
    return count < lengths.length && nextOffset + slotSize <= buffer.length;
  }

  /** Where the next datagram is to be written. */
  public int nextOffset() {
    return nextOffset;
  }

  /**
   * Adds the datagram of {@code length} bytes that was written at {@link #nextOffset()}. It may be
   * longer than {@link #slotSize()} where {@link #bytesFree()} says that it fits.
   *
   * @param local the local address, or null when the socket's own is meant
   * @param remote the peer's address
   * @param ecnMark the two ECN bits, 0 to 3 (RFC 3168 §5)
   */
  public void add(int length, InetSocketAddress local, InetSocketAddress remote, int ecnMark) {
    if (length < 0 || length > buffer.length - nextOffset || count == lengths.length) {
      throw new IllegalArgumentException("no room for a datagram of " + length + " bytes");
    }
    offsets[count] = nextOffset;
    lengths[count] = length;
    locals[count] = local;
    remotes[count] = remote;
    ecn[count] = (byte) ecnMark;
    count++;
    nextOffset += length;
  }

  /**
   * Adds datagrams that were written side by side at {@link #nextOffset()}, as a system does that
   * hands over many in one call.
   *
   * @param length bytes of all of them, at least 1
   * @param segmentSize bytes of each but the last, which may be shorter
   */
  public void addSegments(
      int length, int segmentSize, InetSocketAddress local, InetSocketAddress remote, int ecnMark) {
    for (int left = length; left > 0; left -= segmentSize) {
      add(Math.min(left, segmentSize), local, remote, ecnMark);
    }
  }

  /**
   * Adds datagrams of another batch, with all that is noted of them.
   *
   * @param from the number of the first of them
   * @param to the number behind the last
   */
  public void append(DatagramBatch other, int from, int to) {
    if (from == to) {
      return;
    }
    int start = other.offsets[from];
    int bytes = other.offsets[to - 1] + other.lengths[to - 1] - start;
    if (to - from > datagramsFree() || bytes > bytesFree()) {
      throw new IllegalArgumentException("no room for " + (to - from) + " datagrams");
    }
    System.arraycopy(other.buffer, start, buffer, nextOffset, bytes);
    for (int i = from; i < to; i++) {
      add(other.lengths[i], other.locals[i], other.remotes[i], other.ecn[i]);
      senders[count - 1] = other.senders[i];
    }
  }

  /**
   * Names the address at which datagrams have come in, where their socket has not.
   *
   * @param from the number of the first of them
   */
  public void cameIn(int from, InetSocketAddress local) {
    for (int i = from; i < count; i++) {
      if (locals[i] == null) {
        locals[i] = local;
      }
    }
  }

  /** How many bytes can still be added. */
  public int bytesFree() {
    return buffer.length - nextOffset;
  }

  /** How many datagrams it can hold. */
  public int capacity() {
    return lengths.length;
  }

  /** How many datagrams can still be added. */
  public int datagramsFree() {
    return lengths.length - count;
  }

  /**
   * Where the run ends that begins with datagram {@code from}: datagrams with the same addresses
   * and mark, all of one size but the last, which may be shorter. A system that can cut what it
   * sends into segments sends a run in one piece.
   *
   * @param maxDatagrams the longest run wanted, at least 1
   * @param maxBytes the most bytes wanted; a single datagram may have more
   * @return the number behind its last datagram
   */
  public int runEnd(int from, int maxDatagrams, int maxBytes) {
    int size = lengths[from];
    int bytes = size;
    int end = from + 1;
    int limit = Math.min(count, from + maxDatagrams);
    while (end < limit
        && lengths[end - 1] == size
        && lengths[end] <= size
        && bytes + lengths[end] <= maxBytes
        && ecn[end] == ecn[from]
        && remotes[end].equals(remotes[from])
        && Objects.equals(locals[end], locals[from])) {
      bytes += lengths[end];
      end++;
    }
    return end;
  }

  /** The number of datagrams. */
  public int count() {
    return count;
  }

  /** Where datagram {@code index} begins in {@link #buffer()}. */
  public int offset(int index) {
    return offsets[index];
  }

  /** The length of datagram {@code index} in bytes. */
  public int length(int index) {
    return lengths[index];
  }

  /** The local address of datagram {@code index}; null when the socket's own is meant. */
  public InetSocketAddress local(int index) {
    return locals[index];
  }

  /** The peer's address of datagram {@code index}. */
  public InetSocketAddress remote(int index) {
    return remotes[index];
  }

  /** Notes from whom the datagrams are, from number {@code from} to the last. */
  public void setSender(int from, Object sender) {
    for (int i = from; i < count; i++) {
      senders[i] = sender;
    }
  }

  /** From whom datagram {@code index} is; null when nobody has noted that. */
  public Object sender(int index) {
    return senders[index];
  }

  /** The ECN bits of datagram {@code index}, 0 to 3. */
  public int ecn(int index) {
    return ecn[index];
  }

  /** Forgets all datagrams; the array stays. */
  public void clear() {
    for (int i = 0; i < count; i++) {
      locals[i] = null;
      remotes[i] = null;
      senders[i] = null;
    }
    count = 0;
    nextOffset = 0;
  }
}
