package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class StrayQueueTest {
  private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 1);

  private final StrayQueue queue = new StrayQueue();
  private final DatagramBatch batch = new DatagramBatch(64, 2048);

  private static SharedPort.Stray stray(int number) {
    return new SharedPort.Stray(new byte[] {(byte) number}, null, PEER, 2);
  }

  @Test
  void theLoopIsToldOnceUntilItHasLooked() {
    assertTrue(queue.add(stray(1)));
    assertFalse(queue.add(stray(2)));
    queue.drainTo(batch);
    assertEquals(2, batch.count());
    assertEquals(1, batch.buffer()[batch.offset(0)]);
    assertEquals(2, batch.buffer()[batch.offset(1)]);
    assertEquals(PEER, batch.remote(1));
    assertEquals(2, batch.ecn(1));
    assertTrue(queue.isEmpty());
    assertTrue(queue.add(stray(3)));
  }

  @Test
  void aFloodIsCutOff() {
    for (int i = 0; i < 2 * StrayQueue.MOST; i++) {
      queue.add(stray(i));
    }
    int taken = 0;
    while (!queue.isEmpty()) {
      queue.drainTo(batch);
      taken += batch.count();
      batch.clear();
    }
    assertEquals(StrayQueue.MOST, taken);
    assertEquals(taken, queue.taken());
    queue.add(stray(0));
    assertFalse(queue.isEmpty(), "there is room again");
  }
}
