package dev.sluice.bench.peer;

import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What the servers of other implementations share. */
final class Serving {
  private Serving() {}

  /** A certificate for localhost. */
  static Identity identity() {
    return SelfSignedIdentity.create(
        List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());
  }

  /**
   * Says where the server listens, as {@code sluice perf server} does, and goes on for ever.
   *
   * @param protocol for people
   */
  static void forEver(int port, String protocol) throws InterruptedException {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
    System.err.println(
        "listening on " + address.getAddress().getHostAddress() + ":" + port + ", " + protocol);
    new CountDownLatch(1).await();
  }
}
