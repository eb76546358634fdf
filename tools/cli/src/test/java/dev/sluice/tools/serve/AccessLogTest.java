package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  /** Whoever ends the process when all are answered would lose the lines of the last. */
  @Test
  void whoStopsWaitsForTheLinesOfAllThatHaveBegun() throws Exception {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    AccessLog log = new AccessLog(new PrintStream(lines, true));
    InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
    log.awaitLines();
    log.begin();
    log.begin();
    FutureTask<String> stop =
        new FutureTask<>(
            () -> {
              log.awaitLines();
              return lines.toString();
            });
    Thread stopping = Thread.ofPlatform().start(stop);
    log.log(peer, "GET", "/1", 200, 0, 0);
    while (stopping.getState() != Thread.State.WAITING) {
      assertTrue(stopping.isAlive(), "it waits for the second");
      Thread.onSpinWait();
    }
    log.log(peer, "GET", "/2", 200, 0, 0);
    assertEquals(2, stop.get().lines().count());
  }

  /** Whatever people write where it runs, programs read it. */
  @Test
  void figuresAreThoseOfNoCountry() {
    InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("ar", "EG"));
    try {
      String line = AccessLog.line(Instant.EPOCH, peer, "GET", "/", 200, 12, 1_500_000);
      assertTrue(line.endsWith("\"GET / HTTP/3\" 200 12 1.500 ms"), line);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aRequestCannotForgeALine() throws UnknownHostException {
    InetSocketAddress peer =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 5);
    String line =
        AccessLog.line(
            Instant.EPOCH, peer, "GET", "/a\"\n127.0.0.1 \u001b[2J\u00e9", 200, 12, 1_500_000);
    assertTrue(line.startsWith("127.0.0.1 - - ["), line);
    assertTrue(
        line.endsWith("\"GET /a\\x22\\x0a127.0.0.1 \\x1b[2J\\xe9 HTTP/3\" 200 12 1.500 ms"), line);
  }
}
