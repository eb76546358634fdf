package dev.sluice.interop;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/**
 * What tests with kwik have to know about it.
 *
 * <p>When kwik 0.10.8 sends, the thread that writes asks its sender to send and counts that request
 * afterwards. Where the sender is quicker, it finds a count below zero, takes it for a request that
 * is waiting, and asks for no other: with all packets acknowledged and the window open it falls
 * silent in the middle of a stream, while the thread that writes waits for room in its buffer. On a
 * busy machine that happens in one megabyte out of ten, so what kwik sends in these tests is short,
 * and gets more than one chance. What it receives does not.
 */
final class Kwik {
  private static final int CHANCES = 5;

  /** Something in which kwik sends a body. */
  @FunctionalInterface
  interface Sending {
    void run() throws Exception;
  }

  private Kwik() {}

  /** Runs it again when it took too long. */
  static void patiently(Sending sending) throws Exception {
    for (int chance = 1; ; chance++) {
      try {
        sending.run();
        return;
      } catch (TimeoutException | IOException late) {
        if (chance == CHANCES) {
          throw late;
        }
      }
    }
  }
}
