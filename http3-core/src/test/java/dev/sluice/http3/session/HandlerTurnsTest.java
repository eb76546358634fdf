package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HandlerTurnsTest {
  private final HandlerTurns<String> turns = new HandlerTurns<>(2);

  private void begun(int how) {
    for (int i = 0; i < how; i++) {
      turns.add("begun " + i);
      assertEquals("begun " + i, turns.next());
    }
  }

  @Test
  void soManyRunAtOnceAndTheOthersFollowInOrder() {
    begun(2);
    turns.add("third");
    turns.add("fourth");
    assertNull(turns.next());
    assertTrue(turns.onReturned());
    assertEquals("third", turns.next());
    assertNull(turns.next());
    assertTrue(turns.onReturned());
    assertEquals("fourth", turns.next());
    assertNull(turns.next());
  }

  @Test
  void theLoopIsToldOfReturnsForWhichSomethingWaits() {
    begun(2);
    assertFalse(turns.onReturned());
    begun(1);
    turns.add("waits");
    assertNull(turns.next());
    assertTrue(turns.onReturned());
    assertEquals("waits", turns.next());
    assertNull(turns.next());
    assertFalse(turns.onReturned());
  }

  @Test
  void whatIsTakenBackNeverBegins() {
    begun(2);
    turns.add("taken back");
    turns.add("kept");
    turns.removeIf("taken back"::equals);
    turns.onReturned();
    assertEquals("kept", turns.next());
    assertNull(turns.next());
  }

  /** Nobody will hear of what they say, but what was delivered is handled. */
  @Test
  void allBeginWhenTheConnectionHasEnded() {
    begun(2);
    turns.add("third");
    turns.add("fourth");
    assertNull(turns.next());
    turns.onConnectionEnded();
    assertEquals("third", turns.next());
    assertEquals("fourth", turns.next());
    assertNull(turns.next());
  }
}
