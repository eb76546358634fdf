package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ring in which arrays come back. */
class ChunkReturnTest {

  @Test
  void aRingThatIsFullForgetsWhatDoesNotFit() {
    ChunkReturn home = new ChunkReturn(128);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1000; i++) {
        home.give(new byte[] {(byte) round});
      }
      int back = 0;
      for (byte[] one = home.poll(); one != null; one = home.poll()) {
        assertEquals(round, one[0]);
        back++;
      }
      assertEquals(128, back);
    }
  }

  /** Whatever threads give and take at once, an array has one owner at a time. */
  @Test
  @Timeout(60)
  void noArrayIsTakenTwice() throws Exception {
    ChunkReturn ring = new ChunkReturn(4);
    AtomicInteger madeNew = new AtomicInteger();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      threads.add(done);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                for (int round = 0; round < 100_000 && !done.isDone(); round++) {
                  byte[] one = ring.poll();
                  if (one == null) {
                    madeNew.incrementAndGet();
                    one = new byte[1];
                  }
                  if (one[0] != 0) {
                    done.completeExceptionally(new AssertionError("somebody else has it too"));
                  }
                  one[0] = 1;
                  Thread.onSpinWait();
                  one[0] = 0;
                  ring.give(one);
                }
                done.complete(null);
              });
    }
    CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get();
    assertTrue(madeNew.get() < 200_000, madeNew + " of 400,000 were made anew");
  }
}
