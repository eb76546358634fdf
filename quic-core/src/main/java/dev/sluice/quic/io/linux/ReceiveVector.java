package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sluice.quic.DatagramBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * What {@code recvmmsg} fills. A message may be many datagrams that the kernel has put together
 * (UDP_GRO), so each has room for the largest; the pages that are never written to are never there.
 * The sockets of a loop share one.
 */
final class ReceiveVector {

  /**
   * Messages a call. Datagrams of different peers are not put together, so that with many peers a
   * call moves this many.
   */
  private static final int MESSAGES = 16;

  /**
   * Messages a call while they are large. Eight of 64 KiB are worth a turn of the loop, and leave
   * half of a processor's own cache to those who work on them.
   */
  private static final int LARGE_MESSAGES = 8;

  /** Of a message that is many datagrams. */
  private static final int LARGE = 16 * 1024;

  /** Room for the largest message. */
  private static final int SLOT = 65_536;

  /** Datagrams in a message at the most (UDP_MAX_SEGMENTS of the newest kernels). */
  private static final int MAX_SEGMENTS = 128;

  private final SocketAddresses addresses = new SocketAddresses();
  private final ControlMessages control = new ControlMessages(addresses);
  private final MessageVector messages;
  private final MemorySegment data;
  private int most = MESSAGES;

  ReceiveVector(Arena arena) {
    this.messages = new MessageVector(arena, MESSAGES);
    this.data = arena.allocate((long) MESSAGES * SLOT, 4096);
    for (int i = 0; i < MESSAGES; i++) {
      messages.data(i, data.address() + (long) i * SLOT, SLOT);
      messages.nameLength(i, SocketAddresses.SIZE);
    }
  }

  /** A batch with room for whatever a call can bring. */
  static DatagramBatch newBatch() {
    return new DatagramBatch(MESSAGES * MAX_SEGMENTS, SLOT / MAX_SEGMENTS);
  }

  /** Makes ready for a call, and says for how many messages a batch has room in any case. */
  int prepare(DatagramBatch into) {
    int fit = Math.min(into.bytesFree() / SLOT, into.datagramsFree() / MAX_SEGMENTS);
    int count = Math.min(most, fit);
    for (int i = 0; i < count; i++) {
      messages.nameLength(i, SocketAddresses.SIZE);
      messages.controlLength(i, ControlMessages.ROOM);
    }
    return count;
  }

  /** The messages: what the system call takes. */
  MemorySegment messages() {
    return messages.from(0);
  }

  /**
   * Hands over what a call has filled.
   *
   * @param count messages that it filled
   * @param bound where the socket is bound to, for the port
   * @param tellLocal whether each datagram's own address at this host is wanted
   */
  void unload(int count, DatagramBatch into, InetSocketAddress bound, boolean tellLocal) {
    most = MESSAGES;
    for (int i = 0; i < count; i++) {
      int length = messages.moved(i);
      boolean whole = (messages.flags(i) & MessageVector.MSG_TRUNC) == 0;
      if (length > 0 && whole) {
        control.read(
            messages.memory(), messages.control(i), messages.controlLength(i), bound.getPort());
        MemorySegment.copy(
            data, JAVA_BYTE, (long) i * SLOT, into.buffer(), into.nextOffset(), length);
        InetSocketAddress remote = addresses.read(messages.memory(), messages.name(i));
        int segment = control.segmentSize() > 0 ? control.segmentSize() : length;
        InetSocketAddress local = tellLocal ? control.local() : null;
        if (length <= (long) segment * MAX_SEGMENTS) { // else no kernel's, and no room for it
          into.addSegments(length, segment, local, remote, control.ecn());
        }
      }
      if (length > LARGE) {
        most = LARGE_MESSAGES;
      }
    }
  }
}
