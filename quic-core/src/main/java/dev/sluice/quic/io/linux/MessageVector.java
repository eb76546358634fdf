package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory of {@code sendmmsg} and {@code recvmmsg}: {@code struct mmsghdr} one behind the other,
 * and for each its {@code struct iovec}, address and control messages. The pointers between them
 * are set once; a call only fills in what changes.
 *
 * <pre>
 * mmsghdr  name*(8) name length(4) pad(4) iovec*(8) iovecs(8) control*(8) control length(8) flags(4)
 *          pad(4) bytes moved(4) pad(4)                                                   64 bytes
 * iovec    data*(8) length(8)
 * </pre>
 */
final class MessageVector {
  private static final int HEADER = 64;
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int IOVEC = 16;
  private static final int IOVEC_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int MOVED = 56;
  private static final int IOVEC_SIZE = 16;
  private static final int NAME_ROOM = 32;

  /** In the flags of a received message: there was more of it than room. */
  static final int MSG_TRUNC = 0x20;

  private final MemorySegment memory;
  private final int count;
  private final long iovecs;
  private final long names;
  private final long controls;

  /**
   * @param count messages that a call can move
   */
  MessageVector(Arena arena, int count) {
    this.count = count;
    this.iovecs = (long) count * HEADER;
    this.names = iovecs + (long) count * IOVEC_SIZE;
    this.controls = names + (long) count * NAME_ROOM;
    this.memory = arena.allocate(controls + (long) count * ControlMessages.ROOM, 64);
    for (int i = 0; i < count; i++) {
      long header = (long) i * HEADER;
      memory.set(JAVA_LONG_UNALIGNED, header + NAME, memory.address() + name(i));
      memory.set(JAVA_LONG_UNALIGNED, header + IOVEC, memory.address() + iovec(i));
      memory.set(JAVA_LONG_UNALIGNED, header + IOVEC_COUNT, 1);
      memory.set(JAVA_LONG_UNALIGNED, header + CONTROL, memory.address() + control(i));
    }
  }

  /** Messages that a call can move. */
  int count() {
    return count;
  }

  /** The memory that everything lies in. */
  MemorySegment memory() {
    return memory;
  }

  /** The headers from a message on: what the system call takes. */
  MemorySegment from(int message) {
    return memory.asSlice((long) message * HEADER);
  }

  /** Where a message's address lies. */
  long name(int message) {
    return names + (long) message * NAME_ROOM;
  }

  /** Where a message's control messages lie. */
  long control(int message) {
    return controls + (long) message * ControlMessages.ROOM;
  }

  private long iovec(int message) {
    return iovecs + (long) message * IOVEC_SIZE;
  }

  /** Sets where a message's bytes lie. */
  void data(int message, long address, long length) {
    memory.set(JAVA_LONG_UNALIGNED, iovec(message), address);
    memory.set(JAVA_LONG_UNALIGNED, iovec(message) + 8, length);
  }

  /** Sets the length of a message's address, or the room for it; 0 for none. */
  void nameLength(int message, int length) {
    memory.set(JAVA_INT_UNALIGNED, (long) message * HEADER + NAME_LENGTH, length);
    if (length == 0) {
      memory.set(JAVA_LONG_UNALIGNED, (long) message * HEADER + NAME, 0);
    } else {
      memory.set(
          JAVA_LONG_UNALIGNED, (long) message * HEADER + NAME, memory.address() + name(message));
    }
  }

  /** Sets the length of a message's control messages, or the room for them. */
  void controlLength(int message, long length) {
    memory.set(JAVA_LONG_UNALIGNED, (long) message * HEADER + CONTROL_LENGTH, length);
  }

  /** The length of the control messages that came with a message. */
  long controlLength(int message) {
    return memory.get(JAVA_LONG_UNALIGNED, (long) message * HEADER + CONTROL_LENGTH);
  }

  /** The flags of a received message. */
  int flags(int message) {
    return memory.get(JAVA_INT_UNALIGNED, (long) message * HEADER + FLAGS);
  }

  /** The bytes of a message that were moved. */
  int moved(int message) {
    return memory.get(JAVA_INT_UNALIGNED, (long) message * HEADER + MOVED);
  }
}
