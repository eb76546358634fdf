package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** Waits with epoll, and is woken through an eventfd. */
public final class EpollPoller implements Poller {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLL_CTL_MOD = 3;
  private static final int EPOLLIN = 1;
  private static final int EPOLLOUT = 4;

  /** Sockets that one wait tells of; the others are told of by the next. */
  private static final int EVENTS = 256;

  /** {@code struct epoll_event} is packed on x86-64 alone. */
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  private static final int EVENT_SIZE = PACKED ? 12 : 16;
  private static final int EVENT_DATA = PACKED ? 4 : 8;

  /**
   * Freed when nothing refers to it any more, so that no thread can be left with memory that is
   * gone.
   */
  private final Arena arena = Arena.ofAuto();

  private final Function<Arena, LibC> library;
  private final LibC libc;
  private final SendVector sending = new SendVector(arena);
  private final ReceiveVector receiving = new ReceiveVector(arena);
  private final MemorySegment events = arena.allocate((long) EVENTS * EVENT_SIZE, 8);
  private final MemorySegment counter = arena.allocate(JAVA_LONG);
  private final MemorySegment timeout = arena.allocate(16, 8);
  private final int epoll;
  private final int wakeUp;
  private boolean nanosecondWaits = LibC.hasEpollPwait2();

  /**
   * Held by whoever uses the two descriptors from another thread, and to close them: else a number
   * could have become somebody else's file in between.
   */
  private final ReentrantLock descriptors = new ReentrantLock();

  private final LibC libcOfOthers;
  private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
  private final MemorySegment newcomer = arena.allocate(EVENT_SIZE, 8);
  private boolean closed;

  /** Sockets by their descriptors; replaced as a whole, under the lock, when it grows. */
  private volatile LinuxUdpSocket[] sockets = new LinuxUdpSocket[64];

  /** Opens a poller; see {@link LinuxIo} whether there can be one. */
  EpollPoller() throws IOException {
    this(LibC::new);
  }

  /**
   * With C libraries of one's own.
   *
   * @param library makes one for each thread that needs it, and for each socket that is opened
   */
  EpollPoller(Function<Arena, LibC> library) throws IOException {
    this.library = library;
    libc = library.apply(arena);
    libcOfOthers = library.apply(arena);
    requireCall(libc.sendmmsg(-1, events, 1), "sendmmsg");
    requireCall(libc.recvmmsg(-1, events, 1), "recvmmsg");
    epoll = Errno.check(libc.epollCreate(EPOLL_CLOEXEC), "opening epoll");
    wakeUp = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);
    int watched = wakeUp < 0 ? wakeUp : control(libc, EPOLL_CTL_ADD, wakeUp, EPOLLIN, newcomer);
    if (watched < 0) {
      close();
      Errno.check(watched, "watching an eventfd");
    }
  }

  /**
   * Sandboxes refuse calls that they have not heard of, which would show with the first datagram,
   * when it is too late for another way. So each is made of no socket: the kernel says that it is
   * none, a filter and a kernel without the call say something else. For one message, since musl
   * has no need to call for none.
   */
  private static void requireCall(int result, String name) throws IOException {
    if (result != -Errno.EBADF) {
      throw new IOException(name + " cannot be called: " + Errno.describe(-result));
    }
  }

  private int control(LibC using, int operation, int fd, int interest, MemorySegment event) {
    event.set(JAVA_INT_UNALIGNED, 0, interest);
    event.set(JAVA_LONG_UNALIGNED, EVENT_DATA, fd);
    return using.epollControl(epoll, operation, fd, event);
  }

  LibC libc() {
    return libc;
  }

  SendVector sending() {
    return sending;
  }

  ReceiveVector receiving() {
    return receiving;
  }

  /** Opens a socket to see what it can do. */
  @Override
  public String description() {
    try (Arena scratch = Arena.ofConfined()) {
      LibC own = library.apply(scratch);
      SocketOpener.Opened probe = new SocketOpener(own, scratch).open(Binding.alone(null, null));
      own.close(probe.fd());
      return probe.features().describe();
    } catch (IOException e) {
      return "Linux: no socket, " + e.getMessage();
    }
  }

  @Override
  public DatagramBatch newReceiveBatch(int largest) {
    return ReceiveVector.newBatch();
  }

  @Override
  public UdpSocket open(Binding binding) throws IOException {
    SocketOpener.Opened opened;
    try (Arena scratch = Arena.ofConfined()) {
      opened = new SocketOpener(library.apply(scratch), scratch).open(binding);
    }
    LinuxUdpSocket socket = new LinuxUdpSocket(this, binding, opened);
    descriptors.lock();
    try {
      if (closed) {
        libcOfOthers.close(opened.fd());
        throw new IOException("the event loop has ended");
      }
      place(socket);
      int added = control(libcOfOthers, EPOLL_CTL_ADD, socket.fd(), EPOLLIN, newcomer);
      if (added < 0) {
        sockets[socket.fd()] = null;
        libcOfOthers.close(socket.fd());
        Errno.check(added, "watching a socket");
      }
    } finally {
      descriptors.unlock();
    }
    return socket;
  }

  private void place(LinuxUdpSocket socket) {
    LinuxUdpSocket[] table = sockets;
    if (table.length <= socket.fd()) {
      table = Arrays.copyOf(table, Math.max(2 * table.length, socket.fd() + 1));
    }
    table[socket.fd()] = socket;
    sockets = table;
  }

  /** Whether to wait for room in a socket's buffer too. On the loop's thread. */
  void watch(LinuxUdpSocket socket, boolean forRoom) {
    control(libc, EPOLL_CTL_MOD, socket.fd(), forRoom ? EPOLLIN | EPOLLOUT : EPOLLIN, timeout);
  }

  /** On the loop's thread. */
  void close(LinuxUdpSocket socket) {
    descriptors.lock();
    try {
      sockets[socket.fd()] = null;
      if (!closed) {
        control(libc, EPOLL_CTL_DEL, socket.fd(), 0, timeout);
      }
      libc.close(socket.fd());
    } finally {
      descriptors.unlock();
    }
  }

  @Override
  public void await(long nanos) throws IOException {
    int count = waitForEvents(nanos);
    if (count == -Errno.EINTR) {
      return; // a signal; the loop looks around and comes back
    }
    Errno.check(count, "waiting");
    LinuxUdpSocket[] table = sockets;
    for (int i = 0; i < count; i++) {
      long at = (long) i * EVENT_SIZE;
      int what = events.get(JAVA_INT_UNALIGNED, at);
      int fd = (int) events.get(JAVA_LONG_UNALIGNED, at + EVENT_DATA);
      if (fd == wakeUp) {
        libc.read(wakeUp, counter);
      } else if (table[fd] != null) {
        // An error is told like a datagram, by the next call to receive.
        table[fd].onReady((what & ~EPOLLOUT) != 0, (what & EPOLLOUT) != 0);
      }
    }
  }

  private int waitForEvents(long nanos) {
    if (nanos > 0 && nanos != Long.MAX_VALUE && nanosecondWaits) {
      timeout.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
      timeout.set(JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
      int count = libc.epollPwait2(epoll, events, EVENTS, timeout);
      if (count != -Errno.ENOSYS && count != -Errno.EPERM) {
        return count;
      }
      nanosecondWaits = false; // an older kernel, or a filter that has not heard of it
    }
    return libc.epollWait(epoll, events, EVENTS, millis(nanos));
  }

  /**
   * Rounded up: a deadline that is missed by less than a millisecond does no harm, but one that is
   * met too early would make the loop spin.
   */
  private static int millis(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      return -1;
    }
    return nanos <= 0 ? 0 : (int) Math.min((nanos - 1) / NANOS_PER_MILLI + 1, Integer.MAX_VALUE);
  }

  @Override
  public void wakeUp() {
    descriptors.lock();
    try {
      if (!closed) {
        libcOfOthers.write(wakeUp, one);
      }
    } finally {
      descriptors.unlock();
    }
  }

  @Override
  public void close() {
    descriptors.lock();
    try {
      if (!closed) {
        closed = true;
        if (wakeUp >= 0) {
          libc.close(wakeUp);
        }
        libc.close(epoll);
      }
    } finally {
      descriptors.unlock();
    }
  }
}
