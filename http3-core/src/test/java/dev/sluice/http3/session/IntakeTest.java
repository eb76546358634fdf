package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What waits for those who ask, and is dropped when nobody does. */
class IntakeTest {
  private static final IOException END = new IOException("the end");
  private static final IOException DROPPED = new IOException("dropped");

  private final Intake<String> intake = new Intake<>();

  @Test
  void whatWasPutInComesBeforeTheEnd() {
    intake.put("one");
    intake.end(() -> END);
    assertFalse(intake.isOver());
    assertEquals("one", intake.take().join());
    assertTrue(intake.isOver());
    assertEquals(1, intake.consumed());
    assertSame(END, intake.take().exceptionNow());
    intake.drop(() -> DROPPED);
    assertSame(END, intake.take().exceptionNow(), "there was nothing to drop");
  }

  @Test
  void whatIsDroppedIsSaid() {
    intake.put("one");
    intake.put("two");
    intake.end(() -> END);
    assertEquals("one", intake.take().join());
    intake.drop(() -> DROPPED);
    assertTrue(intake.isOver());
    assertSame(DROPPED, intake.take().exceptionNow());
  }

  @Test
  void whoWaitsCountsAsOneWhoTakes() {
    var waiting = intake.take();
    intake.put("one");
    assertEquals("one", waiting.join());
    assertEquals(1, intake.consumed());
  }
}
