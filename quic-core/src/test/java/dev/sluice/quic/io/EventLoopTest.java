package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.tls.KeyShareStock;
import dev.sluice.tls.TlsClient;
import dev.sluice.tls.TlsClientConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class EventLoopTest {
  /** Milliseconds after which a loop that was told to end will never do so. */
  private static final long NEVER = 120_000;

  private final EventLoop loop = EventLoop.start("test");

  @AfterEach
  void close() throws InterruptedException {
    loop.close();
    assertTrue(loop.awaitEnd(NEVER));
  }

  @Test
  void runsTasksOfManyThreadsAllAndInTheirOrder() throws Exception {
    int threads = 4;
    int each = 50_000;
    CountDownLatch done = new CountDownLatch(threads);
    AtomicLong outOfOrder = new AtomicLong();
    for (int t = 0; t < threads; t++) {
      AtomicInteger expected = new AtomicInteger();
      Thread.ofVirtual()
          .start(
              () -> {
                for (int i = 0; i < each; i++) {
                  int number = i;
                  loop.execute(
                      () -> {
                        if (expected.getAndIncrement() != number) {
                          outOfOrder.incrementAndGet();
                        }
                        if (number == each - 1) {
                          done.countDown();
                        }
                      });
                }
              });
    }
    done.await();
    assertEquals(0, outOfOrder.get());
  }

  @Test
  void makesKeyPairsWhenThereIsNothingElseToDo() throws Exception {
    KeyShareStock stock = loop.sharedParts().keyShares();
    TlsClientConfig config = TestPeers.client(new SplittableRandom(1)).tls();
    AtomicBoolean wasShort = new AtomicBoolean();
    loop.execute(
        () -> {
          for (int i = 0; i < 4; i++) {
            new TlsClient(config, new byte[0], stock).start();
          }
          wasShort.set(stock.isShort());
        });
    boolean isShort = true;
    while (isShort) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      loop.execute(() -> answer.complete(stock.isShort()));
      isShort = answer.get();
    }
    assertTrue(wasShort.get());
  }

  /**
   * Each task is brought when the loop is about to wait or waits: none may be overlooked. So often
   * where both threads have a processor; where they share one each round takes time slices, and as
   * many rounds as fit into ten seconds have to do.
   */
  @Test
  void losesNoWakeUp() {
    AtomicInteger done = new AtomicInteger();
    long enough = System.nanoTime() + 10_000_000_000L;
    for (int i = 1; i <= 100_000 && (i < 1000 || System.nanoTime() < enough); i++) {
      loop.execute(done::incrementAndGet);
      // Without a wait of our own, to be back before the loop is asleep.
      for (int spins = 1; done.get() < i; spins++) {
        assertFalse(Thread.interrupted(), "the loop sleeps");
        if (spins % 10_000 == 0) {
          Thread.yield(); // this may be the processor that the loop needs
        }
      }
      for (int pause = i % 64; pause > 0; pause--) { // and at every moment of its falling asleep
        done.get();
      }
    }
  }

  @Test
  void waitsWithoutWorkingAndDoesNotMindInterrupts() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loop.execute(() -> thread.complete(Thread.currentThread()));
    thread.get().interrupt();
    CompletableFuture<Void> later = new CompletableFuture<>();
    var times = java.lang.management.ManagementFactory.getThreadMXBean();
    long before = times.getThreadCpuTime(thread.get().threadId());
    loop.schedule(() -> later.complete(null), 300_000_000);
    later.get();
    long used = times.getThreadCpuTime(thread.get().threadId()) - before;
    assertTrue(used < 150_000_000, "used " + used + " ns of CPU while waiting");
  }

  @Test
  void runsScheduledTasksInTheOrderOfTheirTimes() throws Exception {
    List<String> order = new ArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          loop.schedule(() -> order.add("second"), 2_000_000);
          loop.schedule(() -> order.add("third"), 2_000_000);
          loop.schedule(() -> order.add("first"), 1_000_000);
          loop.schedule(() -> done.complete(null), 3_000_000);
          loop.schedule(() -> order.add("never"), Long.MAX_VALUE);
        });
    done.get();
    assertEquals(List.of("first", "second", "third"), order);
  }

  @Test
  void outlivesTasksThatFail() throws Exception {
    try (Silence silence = Silence.of(EventLoop.class)) {
      loop.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      loop.execute(
          () -> {
            throw new AssertionError("on purpose");
          });
      CompletableFuture<Void> after = new CompletableFuture<>();
      loop.execute(() -> after.complete(null));
      after.get();
      assertEquals(2, silence.messages());
    }
  }

  @Test
  void runsWhatWasAskedForBeforeTheEndAndRejectsTheRest() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    AtomicInteger rejected = new AtomicInteger();
    CountDownLatch stopped = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      Thread.ofVirtual()
          .start(
              () -> {
                int accepted = 0;
                try {
                  while (true) {
                    loop.execute(ran::incrementAndGet);
                    accepted++;
                  }
                } catch (RejectedExecutionException e) {
                  rejected.addAndGet(accepted);
                  stopped.countDown();
                }
              });
    }
    loop.close();
    assertTrue(loop.awaitEnd(NEVER));
    stopped.await();
    assertEquals(rejected.get(), ran.get(), "each accepted task has run");
    assertThrows(RejectedExecutionException.class, () -> loop.schedule(() -> {}, 1));
  }

  @Test
  void opensNoSocketsAfterTheEnd() throws Exception {
    loop.close();
    assertTrue(loop.awaitEnd(NEVER));
    assertThrows(
        java.io.IOException.class,
        () ->
            QuicSocket.open(
                loop,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                dev.sluice.quic.endpoint.EndpointConfig.of(new java.util.SplittableRandom(1))));
  }

  @Test
  void knowsItsThread() throws Exception {
    CompletableFuture<Boolean> inside = new CompletableFuture<>();
    loop.execute(() -> inside.complete(loop.inLoop()));
    assertTrue(inside.get());
    assertFalse(loop.inLoop());
  }

  /** The loop ends with tasks in its queue, one of which brings a socket. */
  @Test
  void aSocketThatComesAfterTheLastTurnIsClosed() throws Exception {
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    loop.execute(
        () -> {
          loop.close();
          for (int i = 0; i < 100; i++) {
            loop.execute(() -> {}); // more than one turn does
          }
          try {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            EndpointConfig config = EndpointConfig.of(new SplittableRandom(1));
            bound.complete(QuicSocket.open(loop, any, config).localAddress());
          } catch (IOException e) {
            bound.completeExceptionally(e);
          }
        });
    InetSocketAddress address = bound.get();
    assertTrue(loop.awaitEnd(NEVER));
    try (DatagramSocket again = new DatagramSocket(address)) {
      assertEquals(address.getPort(), again.getLocalPort());
    }
  }

  @Test
  void whatIsScheduledAgainAtOnceKeepsNothingElseFromRunning() throws Exception {
    CompletableFuture<Integer> rounds = new CompletableFuture<>();
    AtomicBoolean over = new AtomicBoolean();
    loop.execute(
        () -> {
          again(0, over, rounds);
          loop.schedule(() -> loop.execute(() -> over.set(true)), 0);
        });
    assertTrue(rounds.get() < 1000, rounds.get() + " rounds");
  }

  private void again(int round, AtomicBoolean over, CompletableFuture<Integer> rounds) {
    if (over.get() || round == 1000) {
      rounds.complete(round);
    } else {
      loop.schedule(() -> again(round + 1, over, rounds), 0);
    }
  }
}
