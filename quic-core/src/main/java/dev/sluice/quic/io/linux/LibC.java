package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The functions of the C library that sockets need, called through {@code java.lang.foreign}. Each
 * gives what the C function gives, or the error number negated, as the kernel itself does: so no
 * caller has to look for an error in a second place.
 *
 * <p>An instance holds the memory that the error number is captured in, and is for one thread at a
 * time. Tests put one in its place that answers as they want. Nothing here blocks but the two that
 * wait for events.
 */
@SuppressWarnings("restricted") // used only where native access is enabled; see LinuxIo.obstacle()
class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout()
          .varHandle(MemoryLayout.PathElement.groupElement("errno"))
          .withInvokeExactBehavior();

  private static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT =
      function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SENDMMSG =
      function("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle RECVMMSG =
      function(
          "recvmmsg",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle EVENTFD =
      function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CREATE1 =
      function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  /** Waits by the nanosecond; glibc 2.35 and Linux 5.11 have it. */
  private static final MethodHandle EPOLL_PWAIT2 =
      LINKER
          .defaultLookup()
          .find("epoll_pwait2")
          .map(
              address ->
                  LINKER.downcallHandle(
                      address,
                      FunctionDescriptor.of(
                          JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
                      CAPTURE))
          .orElse(null);

  private final MemorySegment state;

  /**
   * @param arena owns the memory for error numbers
   */
  LibC(Arena arena) {
    this.state = arena.allocate(Linker.Option.captureStateLayout());
  }

  /** Has all functions linked, which the first use of this class does. */
  static void link() {}

  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, CAPTURE);
  }

  private int result(int returned) {
    return returned >= 0 ? returned : -(int) ERRNO.get(state, 0L);
  }

  /** None of these functions throws; what the compiler cannot know. */
  private static AssertionError impossible(Throwable e) {
    return new AssertionError("a C function does not throw", e);
  }

  int socket(int family, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(state, family, type, protocol));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int bind(int fd, MemorySegment address, int length) {
    try {
      return result((int) BIND.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int connect(int fd, MemorySegment address, int length) {
    try {
      return result((int) CONNECT.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int getsockname(int fd, MemorySegment address, MemorySegment length) {
    try {
      return result((int) GETSOCKNAME.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int setsockopt(int fd, int level, int option, MemorySegment value) {
    try {
      return result(
          (int) SETSOCKOPT.invokeExact(state, fd, level, option, value, (int) value.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Sends messages; gives how many, at least one, or the error of the first. */
  int sendmmsg(int fd, MemorySegment messages, int count) {
    try {
      return result((int) SENDMMSG.invokeExact(state, fd, messages, count, 0));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Receives messages; gives how many, at least one, or the error of the first. */
  int recvmmsg(int fd, MemorySegment messages, int count) {
    try {
      return result((int) RECVMMSG.invokeExact(state, fd, messages, count, 0, MemorySegment.NULL));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int close(int fd) {
    try {
      return result((int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int read(int fd, MemorySegment into) {
    try {
      return result((int) (long) READ.invokeExact(state, fd, into, into.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int write(int fd, MemorySegment from) {
    try {
      return result((int) (long) WRITE.invokeExact(state, fd, from, from.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int eventfd(int initial, int flags) {
    try {
      return result((int) EVENTFD.invokeExact(state, initial, flags));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int epollCreate(int flags) {
    try {
      return result((int) EPOLL_CREATE1.invokeExact(state, flags));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int epollControl(int epoll, int operation, int fd, MemorySegment event) {
    try {
      return result((int) EPOLL_CTL.invokeExact(state, epoll, operation, fd, event));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * Waits for events.
   *
   * @param millis how long at the most; 0 not to wait, -1 for ever
   */
  int epollWait(int epoll, MemorySegment events, int count, int millis) {
    try {
      return result((int) EPOLL_WAIT.invokeExact(state, epoll, events, count, millis));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Whether the C library has {@link #epollPwait2}; the kernel may still refuse it. */
  static boolean hasEpollPwait2() {
    return EPOLL_PWAIT2 != null;
  }

  /**
   * As {@link #epollWait}.
   *
   * @param timeout a {@code struct timespec}
   */
  int epollPwait2(int epoll, MemorySegment events, int count, MemorySegment timeout) {
    try {
      return result(
          (int) EPOLL_PWAIT2.invokeExact(state, epoll, events, count, timeout, MemorySegment.NULL));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }
}
