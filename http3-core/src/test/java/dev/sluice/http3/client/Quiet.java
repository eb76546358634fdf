package dev.sluice.http3.client;

import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.LongSupplier;

/** Waits for a counter to come to rest while the connection goes on working. */
final class Quiet {

  /**
   * Round trips without change. Whatever can move has had all these turns of both loops to do so.
   */
  private static final int ENOUGH = 200;

  private Quiet() {}

  /**
   * Returns when the counter has begun to move and stopped again.
   *
   * @param path one that is answered at once
   */
  static void await(Loopback loopback, String path, LongSupplier counter) throws Exception {
    await(loopback, path, counter, 1);
  }

  /**
   * The same for a counter that comes at least so far: on a busy machine it may rest before, when
   * the thread that moves it does not run.
   */
  static void await(Loopback loopback, String path, LongSupplier counter, long least)
      throws Exception {
    long last = -1;
    int unchanged = 0;
    while (unchanged < ENOUGH) {
      loopback.client.send(loopback.request(path).build(), BodyHandlers.discarding());
      long now = counter.getAsLong();
      unchanged = now == last && now >= least ? unchanged + 1 : 0;
      last = now;
    }
  }
}
