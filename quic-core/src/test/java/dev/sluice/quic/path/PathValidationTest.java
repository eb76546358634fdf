package dev.sluice.quic.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.path.PathValidation.Answer;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** The questions of RFC 9000 §8.2 and when they are asked. */
class PathValidationTest {
  private final PathValidation validation = new PathValidation();

  @Test
  @Requirement({"RFC9000-8.2.4#1", "RFC9000-8.2.4#2"})
  void givesUpAfterThreeProbeTimeouts() {
    validation.start(100, 1000);
    assertEquals(1300, validation.deadline());
    validation.onDeadline(1299);
    assertTrue(validation.isUnderway());
    validation.onDeadline(1300);
    assertFalse(validation.isUnderway());
    assertFalse(validation.isDue());
    assertFalse(validation.hasSucceeded());
    assertEquals(Long.MAX_VALUE, validation.deadline());
  }

  @Test
  @Requirement({"RFC9000-8.2.1#1", "RFC9000-8.2.1#3", "RFC9000-9.4#4"})
  void asksAgainAsAProbeTimeoutWould() {
    validation.start(100, 0);
    assertTrue(validation.isDue());
    validation.onSent(1, true, 10);
    assertFalse(validation.isDue());
    validation.onDeadline(109);
    assertFalse(validation.isDue());
    assertEquals(110, validation.deadline());
    validation.onDeadline(110);
    assertTrue(validation.isDue());
    validation.onSent(2, true, 110);
    assertEquals(300, validation.deadline()); // the next would come after the end
    assertEquals(Answer.PATH, validation.onResponse(1, 120));
  }

  @Test
  @Requirement("RFC9000-9.4#4")
  void aLostQuestionIsAskedAgainWithoutBackoffButNotBeforeAProbeTimeout() {
    validation.start(100, 0);
    validation.onSent(1, true, 0);
    validation.onLost(1);
    assertEquals(100, validation.deadline());
    validation.onDeadline(99);
    assertFalse(validation.isDue());
    validation.onDeadline(100);
    assertTrue(validation.isDue());
    validation.onSent(2, true, 100);
    validation.onLost(1); // told once more: the next question is under way
    assertEquals(300, validation.deadline());
    validation.onLost(2);
    assertEquals(200, validation.deadline());
    assertEquals(Answer.PATH, validation.onResponse(1, 150));
  }

  @Test
  @Requirement({"RFC9000-8.2.1#6", "RFC9000-8.2.3#1"})
  void asksAgainWithAFullDatagramAfterTheAnswerToASmallOne() {
    validation.start(100, 0);
    validation.onSent(1, false, 0);
    assertEquals(Answer.ADDRESS, validation.onResponse(1, 50));
    assertTrue(validation.isUnderway());
    assertTrue(validation.isDue());
    assertEquals(Answer.UNKNOWN, validation.onResponse(1, 50));
    validation.onSent(2, true, 50);
    assertEquals(350, validation.deadline() + 200); // a new start: 50 + 3 * 100
    assertEquals(Answer.PATH, validation.onResponse(2, 60));
    assertTrue(validation.hasSucceeded());
    assertFalse(validation.isUnderway());
  }

  @Test
  void knowsItsOwnQuestionsOnly() {
    validation.start(100, 0);
    validation.onSent(1, true, 0);
    assertEquals(Answer.UNKNOWN, validation.onResponse(3, 10));
    validation.abandon();
    assertEquals(Answer.UNKNOWN, validation.onResponse(1, 10));
    assertFalse(validation.hasSucceeded());
  }
}
