package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.quic.DatagramBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * A batch as {@code sendmmsg} takes it: a message is a run of datagrams that the kernel cuts into
 * segments (UDP_SEGMENT), or a single one. The sockets of a loop share one.
 */
final class SendVector {

  /** Messages a call: a batch in which no two datagrams go together is that long. */
  private static final int MESSAGES = 64;

  /** The kernel's bound on segments since it has them (UDP_MAX_SEGMENTS; newer ones take 128). */
  private static final int MAX_SEGMENTS = 64;

  /** The largest UDP payload that fits into an IPv4 packet. */
  private static final int MAX_BYTES = 65_535 - 20 - 8;

  private final Arena arena;
  private final MessageVector messages;
  private final int[] ends = new int[MESSAGES];

  /** Whose address stands in a message, and in which family, to write it only when it changes. */
  private final InetSocketAddress[] named = new InetSocketAddress[MESSAGES];

  private final int[] namedFamily = new int[MESSAGES];
  private MemorySegment data;

  SendVector(Arena arena) {
    this.arena = arena;
    this.messages = new MessageVector(arena, MESSAGES);
    this.data = arena.allocate(0);
  }

  /**
   * Puts datagrams of a batch into messages.
   *
   * @param from the first datagram
   * @param to the number behind the last
   * @param family of the socket, or 0 when it is connected and takes no addresses
   * @param segments whether the kernel cuts runs
   * @param marks whether ECN marks are sent along
   * @param locals whether local addresses are
   * @return how many messages there are; {@link #end} tells which datagrams each has
   */
  int load(
      DatagramBatch batch,
      int from,
      int to,
      int family,
      boolean segments,
      boolean marks,
      boolean locals) {
    int start = batch.offset(from);
    int length = batch.offset(to - 1) + batch.length(to - 1) - start;
    if (data.byteSize() < length) {
      data = arena.allocate(batch.buffer().length, 64);
    }
    MemorySegment.copy(batch.buffer(), start, data, JAVA_BYTE, 0, length);
    int count = 0;
    for (int first = from; first < to && count < MESSAGES; count++) {
      int end = Math.min(to, batch.runEnd(first, segments ? MAX_SEGMENTS : 1, MAX_BYTES));
      int offset = batch.offset(first) - start;
      int bytes = batch.offset(end - 1) + batch.length(end - 1) - batch.offset(first);
      messages.data(count, data.address() + offset, bytes);
      address(count, batch.remote(first), family);
      control(count, batch, first, end, marks, locals);
      ends[count] = end;
      first = end;
    }
    return count;
  }

  private void address(int message, InetSocketAddress remote, int family) {
    if (family == 0) {
      messages.nameLength(message, 0);
    } else if (named[message] != remote || namedFamily[message] != family) {
      int length = SocketAddresses.write(messages.memory(), messages.name(message), remote, family);
      messages.nameLength(message, length);
      named[message] = remote;
    }
    namedFamily[message] = family;
  }

  private void control(
      int message, DatagramBatch batch, int first, int end, boolean marks, boolean locals) {
    MemorySegment memory = messages.memory();
    long at = messages.control(message);
    int length = 0;
    if (end - first > 1) {
      length = ControlMessages.writeSegmentSize(memory, at, batch.length(first));
    }
    if (marks && batch.ecn(first) != 0) {
      boolean ipv4 = SocketAddresses.isIpv4(batch.remote(first));
      length += ControlMessages.writeEcn(memory, at + length, batch.ecn(first), ipv4);
    }
    if (locals && isParticular(batch.local(first))) {
      length += ControlMessages.writeLocal(memory, at + length, batch.local(first));
    }
    messages.controlLength(message, length);
  }

  /**
   * Whether it is one of the host's addresses: to the kernel no address in particular is one of
   * IPv6, from which nothing leaves as IPv4.
   */
  private static boolean isParticular(InetSocketAddress local) {
    return local != null && !local.getAddress().isAnyLocalAddress();
  }

  /** The messages from one on: what the system call takes. */
  MemorySegment from(int message) {
    return messages.from(message);
  }

  /** The number behind the last datagram of a message. */
  int end(int message) {
    return ends[message];
  }
}
