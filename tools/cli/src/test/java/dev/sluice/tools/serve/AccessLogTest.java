package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessLogTest {
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
