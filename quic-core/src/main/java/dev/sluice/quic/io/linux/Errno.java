package dev.sluice.quic.io.linux;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;

/** The error numbers of Linux that mean something here; the same on x86-64 and aarch64. */
final class Errno {
  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EBADF = 9;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EINVAL = 22;
  static final int EMFILE = 24;
  static final int EMSGSIZE = 90;
  static final int ENOSYS = 38;
  static final int ENONET = 64;
  static final int EPROTO = 71;
  static final int ENOPROTOOPT = 92;
  static final int EOPNOTSUPP = 95;
  static final int EAFNOSUPPORT = 97;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;
  static final int ENETDOWN = 100;
  static final int ENETUNREACH = 101;
  static final int ENOBUFS = 105;
  static final int ECONNREFUSED = 111;
  static final int EHOSTDOWN = 112;
  static final int EHOSTUNREACH = 113;

  private Errno() {}

  /**
   * What a call that gives an error number negated gave, if it is none.
   *
   * @throws IOException it is one; of the class that the JDK's own sockets throw
   */
  static int check(int result, String what) throws IOException {
    if (result >= 0) {
      return result;
    }
    String message = what + ": " + describe(-result);
    throw switch (-result) {
      case EADDRINUSE, EADDRNOTAVAIL, EACCES -> new BindException(message);
      case ENETUNREACH, EHOSTUNREACH, ECONNREFUSED -> new ConnectException(message);
      default -> new IOException(message);
    };
  }

  /** An error in words. */
  static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "not permitted";
      case ENOMEM, ENOBUFS -> "the system is out of memory for it";
      case EACCES -> "permission denied";
      case EMFILE -> "too many open files";
      case ENOSYS -> "this system does not have it";
      case EMSGSIZE -> "too large for the path";
      case EAFNOSUPPORT -> "this host does not speak the address's protocol";
      case EADDRINUSE -> "the address is in use";
      case EADDRNOTAVAIL -> "the address is not one of this host's";
      case ENETDOWN -> "the network is down";
      case ENETUNREACH -> "the network is unreachable";
      case ECONNREFUSED -> "refused";
      case ENONET, EHOSTDOWN, EHOSTUNREACH -> "the host is unreachable";
      default -> "error " + errno;
    };
  }
}
