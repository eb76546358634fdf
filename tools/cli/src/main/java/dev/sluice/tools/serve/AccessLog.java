package dev.sluice.tools.serve;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One line for each answered request, in the combined format's order, with the time that it took.
 */
final class AccessLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US)
          .withZone(ZoneId.systemDefault());

  private final PrintStream out;

  /** Requests that have begun and have no line yet. */
  private int open;

  AccessLog(PrintStream out) {
    this.out = out;
  }

  /** A request begins; its line follows. This and {@link #log} are safe for many threads. */
  synchronized void begin() {
    open++;
  }

  /** Prints the line of a request that has begun. */
  void log(
      InetSocketAddress peer, String method, String target, int status, long bytes, long nanos) {
    try {
      out.println(line(Instant.now(), peer, method, target, status, bytes, nanos));
    } finally {
      onLogged();
    }
  }

  private synchronized void onLogged() {
    open--;
    notifyAll();
  }

  /**
   * Waits until every request that has begun has its line. A client may have its whole response
   * before that.
   */
  synchronized void awaitLines() throws InterruptedException {
    while (open > 0) {
      wait();
    }
  }

  /** The line, in which no character of the request can end it or speak to a terminal. */
  static String line(
      Instant when,
      InetSocketAddress peer,
      String method,
      String target,
      int status,
      long bytes,
      long nanos) {
    return String.format(
        Locale.ROOT,
        "%s - - [%s] \"%s %s HTTP/3\" %d %d %.3f ms",
        peer.getAddress().getHostAddress(),
        TIME.format(when),
        printable(method),
        printable(target),
        status,
        bytes,
        nanos / 1e6);
  }

  private static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        safe.append("\\x%02x".formatted((int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }
}
