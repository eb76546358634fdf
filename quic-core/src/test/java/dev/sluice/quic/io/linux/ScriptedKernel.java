package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers what stands in its script before it asks the real one. For one thread. */
final class ScriptedKernel {

  /** Of {@code setsockopt}. */
  record Option(int level, int number) {}

  /** Negative: this error. Positive: at most that many messages of what is asked for. */
  final Deque<Integer> sends = new ArrayDeque<>();

  final Deque<Integer> receives = new ArrayDeque<>();

  /** What waiting gives, by either call. */
  final Deque<Integer> waits = new ArrayDeque<>();

  /** Options that it does not know. */
  final Set<Option> unknownOptions = new HashSet<>();

  /** Families that it has no sockets of. */
  final Set<Integer> unknownFamilies = new HashSet<>();

  /** Calls that it always answers with an error, by their names. */
  final Map<String, Integer> refusedCalls = new HashMap<>();

  /** How long each wait was to be, with its unit. */
  final List<String> waited = new ArrayList<>();

  /** Its library sends messages one after another, as musl's does, and does nothing for none. */
  boolean oneByOne;

  int sendCalls;
  int receiveCalls;
  int messagesSent;
  int messagesReceived;

  /** Descriptors that were opened and not closed again. */
  int open;

  /** The C library in front of it. */
  LibC library(Arena arena) {
    return new Library(arena);
  }

  private final class Library extends LibC {
    Library(Arena arena) {
      super(arena);
    }

    private boolean refuses(String call) {
      return refusedCalls.containsKey(call);
    }

    private int error(String call) {
      return -refusedCalls.get(call);
    }

    private int opened(int fd) {
      open += fd >= 0 ? 1 : 0;
      return fd;
    }

    @Override
    int socket(int family, int type, int protocol) {
      return unknownFamilies.contains(family)
          ? -Errno.EAFNOSUPPORT
          : opened(super.socket(family, type, protocol));
    }

    @Override
    int epollCreate(int flags) {
      return refuses("epoll_create1") ? error("epoll_create1") : opened(super.epollCreate(flags));
    }

    @Override
    int eventfd(int initial, int flags) {
      return refuses("eventfd") ? error("eventfd") : opened(super.eventfd(initial, flags));
    }

    @Override
    int close(int fd) {
      open--;
      return super.close(fd);
    }

    @Override
    int setsockopt(int fd, int level, int option, MemorySegment value) {
      return unknownOptions.contains(new Option(level, option))
          ? -Errno.ENOPROTOOPT
          : super.setsockopt(fd, level, option, value);
    }

    @Override
    int epollControl(int epoll, int operation, int fd, MemorySegment event) {
      return refuses("epoll_ctl")
          ? error("epoll_ctl")
          : super.epollControl(epoll, operation, fd, event);
    }

    @Override
    int sendmmsg(int fd, MemorySegment messages, int count) {
      if (refuses("sendmmsg")) {
        return error("sendmmsg");
      }
      if (oneByOne && count == 0) {
        return 0;
      }
      if (fd < 0) {
        return super.sendmmsg(fd, messages, count);
      }
      sendCalls++;
      Integer answer = sends.poll();
      int sent =
          answer == null
              ? super.sendmmsg(fd, messages, count)
              : answer < 0 ? answer : super.sendmmsg(fd, messages, Math.min(count, answer));
      messagesSent += Math.max(0, sent);
      return sent;
    }

    @Override
    int recvmmsg(int fd, MemorySegment messages, int count) {
      if (refuses("recvmmsg")) {
        return error("recvmmsg");
      }
      if (fd < 0) {
        return super.recvmmsg(fd, messages, count);
      }
      receiveCalls++;
      Integer answer = receives.poll();
      int received = answer == null ? super.recvmmsg(fd, messages, count) : answer;
      messagesReceived += Math.max(0, received);
      return received;
    }

    @Override
    int epollWait(int epoll, MemorySegment events, int count, int millis) {
      waited.add(millis + " ms");
      Integer answer = waits.poll();
      return answer == null ? super.epollWait(epoll, events, count, millis) : answer;
    }

    @Override
    int epollPwait2(int epoll, MemorySegment events, int count, MemorySegment timeout) {
      waited.add(timeout.get(JAVA_LONG, 0) + " s " + timeout.get(JAVA_LONG, 8) + " ns");
      if (refuses("epoll_pwait2")) {
        return error("epoll_pwait2");
      }
      Integer answer = waits.poll();
      return answer == null ? super.epollPwait2(epoll, events, count, timeout) : answer;
    }
  }
}
