package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** RFC 9937. */
class ProportionalRateReductionTest {
  private static final int SIZE = 1000;
  private static final long START = -100;

  private final ProportionalRateReduction reduction = new ProportionalRateReduction();
  private long inFlight;
  private int sent;

  /** Sends as long as there is room for a datagram. */
  private void sendAll() {
    while (reduction.room() >= SIZE) {
      reduction.onPacketSent(SIZE);
      inFlight += SIZE;
      sent++;
    }
  }

  private void ack(int packets, boolean moreLost) {
    inFlight -= (long) packets * SIZE;
    reduction.onAck(START - 1, (long) packets * SIZE, inFlight, moreLost, SIZE);
    sendAll();
  }

  @Test
  void halfOfWhatIsAcknowledgedIsSentUntilTheWindowIsHalved() {
    // The example of §8: 20 in flight, the first is lost, three have arrived behind it
    inFlight = 17 * SIZE - SIZE;
    reduction.begin(10 * SIZE, 17 * SIZE, SIZE, START);
    sendAll();
    assertEquals(1, sent, "one at once");
    for (int i = 0; i < 16; i++) {
      ack(1, false);
    }
    assertEquals(10 * SIZE, inFlight, "as much as the window was reduced to");
    assertTrue(sent >= 9 && sent <= 11, "" + sent);
  }

  @Test
  void afterManyLossesNoMoreIsSentThanArrives() {
    inFlight = 4 * SIZE; // of 20; 15 are lost
    reduction.begin(10 * SIZE, 20 * SIZE, SIZE, START);
    sendAll();
    ack(1, true);
    int before = sent;
    ack(1, true);
    assertEquals(before + 1, sent, "conservative while more is found to be lost");
    ack(1, false);
    assertEquals(before + 3, sent, "slow start when recovery goes well");
    for (int i = 0; i < 10; i++) {
      ack(1, false);
    }
    assertEquals(10 * SIZE, inFlight);
  }

  @Test
  void somethingSentWithinRecoveryEndsIt() {
    reduction.begin(10 * SIZE, 17 * SIZE, SIZE, START);
    assertTrue(reduction.isActive());
    reduction.onAck(START, SIZE, 10 * SIZE, false, SIZE);
    assertTrue(reduction.isActive());
    reduction.onAck(START + 1, SIZE, 10 * SIZE, false, SIZE);
    assertFalse(reduction.isActive());
  }
}
