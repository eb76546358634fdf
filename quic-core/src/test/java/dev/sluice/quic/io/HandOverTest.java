package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for those who ask, or is waited for; and is dropped when nobody asks. */
class HandOverTest {
  private static final IOException END = new IOException("the end");
  private static final IOException DROPPED = new IOException("dropped");

  private final List<String> toldOf = new ArrayList<>();
  private final HandOver<String> handOver = new HandOver<>(toldOf::add);

  @Test
  void whatWasPutInComesBeforeTheEnd() {
    handOver.put("one");
    handOver.end(() -> END);
    assertFalse(handOver.isOver());
    assertEquals("one", handOver.take().join());
    assertTrue(handOver.isOver());
    assertEquals(1, handOver.consumed());
    assertSame(END, handOver.take().exceptionNow());
    handOver.drop(() -> DROPPED);
    assertSame(END, handOver.take().exceptionNow(), "there was nothing to drop");
  }

  @Test
  void whatIsDroppedIsSaid() {
    handOver.put("one");
    handOver.put("two");
    handOver.end(() -> END);
    assertEquals("one", handOver.take().join());
    handOver.drop(() -> DROPPED);
    assertTrue(handOver.isOver());
    assertSame(DROPPED, handOver.take().exceptionNow());
  }

  @Test
  void whoWaitsCountsAsOneWhoTakes() {
    var waiting = handOver.take();
    handOver.put("one");
    assertEquals("one", waiting.join());
    assertEquals(1, handOver.consumed());
    assertEquals(List.of("one"), toldOf);
  }

  @Test
  void whoHasStoppedWaitingIsPassedBy() {
    var first = handOver.take();
    var second = handOver.take();
    first.cancel(false);
    handOver.put("one");
    assertEquals("one", second.join());
    first = handOver.take();
    first.cancel(false);
    handOver.put("two");
    assertEquals(1, handOver.size());
    assertEquals(List.of("one"), toldOf);
    assertEquals("two", handOver.take().join());
    assertEquals(List.of("one", "two"), toldOf);
  }
}
