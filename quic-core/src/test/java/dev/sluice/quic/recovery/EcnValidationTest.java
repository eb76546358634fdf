package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.quic.frame.EcnCounts;
import dev.sluice.quic.recovery.EcnValidation.State;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9000 §13.4.2 and §A.4. */
class EcnValidationTest {
  private static final long PTO = 100;

  private final EcnValidation ecn = new EcnValidation();
  private final EcnFeedback feedback = new EcnFeedback();

  private void send(int packets) {
    for (int i = 0; i < packets; i++) {
      if (ecn.mark(PTO, 0) != 0) {
        ecn.onSent();
        feedback.onSent();
      }
    }
  }

  @Test
  void marksTenPacketsAndThenNoneUntilSomethingIsKnown() {
    send(10);
    assertEquals(State.TESTING, ecn.state());
    assertEquals(0, ecn.mark(PTO, 0));
    assertEquals(State.UNKNOWN, ecn.state());
    ecn.onValidated(1, 0);
    assertEquals(State.CAPABLE, ecn.state());
    assertEquals(EcnValidation.ECT0, ecn.mark(PTO, 0));
  }

  @Test
  void whatIsReportedDuringTheTestCounts() {
    send(4);
    ecn.onValidated(3, 0);
    assertEquals(State.TESTING, ecn.state());
    send(7);
    assertEquals(State.CAPABLE, ecn.state());
    assertEquals(EcnValidation.ECT0, ecn.mark(PTO, 0));
  }

  @Test
  void testsForThreeProbeTimeoutsAtTheLongest() {
    assertEquals(EcnValidation.ECT0, ecn.mark(PTO, 0));
    ecn.onSent();
    assertEquals(EcnValidation.ECT0, ecn.mark(PTO, 3 * PTO - 1));
    ecn.onSent();
    assertEquals(0, ecn.mark(PTO, 3 * PTO));
  }

  @Test
  void acknowledgmentsOfUnmarkedPacketsProveNothing() {
    send(11);
    ecn.onValidated(0, 0);
    assertEquals(State.UNKNOWN, ecn.state());
  }

  @Test
  void failsWhenAllMarkedPacketsAreLost() {
    send(11);
    for (int i = 0; i < 9; i++) {
      ecn.onLost();
    }
    assertEquals(State.UNKNOWN, ecn.state());
    ecn.onLost();
    assertEquals(State.FAILED, ecn.state());
  }

  @Test
  void failsWhenEverythingIsMarkedCongested() {
    send(11);
    ecn.onValidated(10, 10);
    assertEquals(State.FAILED, ecn.state());
  }

  @Test
  @Requirement({"RFC9000-13.4.2.2#1", "RFC9000-13.4.2.2#4"})
  void failsForGoodWhenCountsCannotBeTrue() {
    send(11);
    ecn.onValidated(5, 0);
    ecn.onInvalid();
    assertEquals(0, ecn.mark(PTO, 0));
    assertEquals(State.FAILED, ecn.state());
  }

  @Test
  void countsHaveToBeThereOnceMarkedPacketsAreAcknowledged() {
    send(5);
    assertEquals(0, feedback.onCounts(null, 0));
    assertEquals(-1, feedback.onCounts(null, 1));
  }

  @Test
  void countsGrowByAtLeastWhatIsAcknowledged() {
    send(5);
    assertEquals(0, feedback.onCounts(new EcnCounts(2, 0, 0), 2));
    assertEquals(-1, feedback.onCounts(new EcnCounts(3, 0, 0), 2)); // one was cleared
    assertEquals(1, feedback.onCounts(new EcnCounts(3, 0, 1), 2));
    assertEquals(0, feedback.onCounts(new EcnCounts(4, 0, 1), 0)); // an ACK frame was lost
  }

  @Test
  void countsAreNotOfWhatWasNeverSent() {
    send(5);
    assertEquals(-1, feedback.onCounts(new EcnCounts(6, 0, 0), 5));
    assertEquals(-1, feedback.onCounts(new EcnCounts(5, 1, 0), 5));
    assertEquals(-1, feedback.onCounts(new EcnCounts(0, 0, 6), 5));
    assertEquals(0, feedback.onCounts(new EcnCounts(5, 0, 0), 5));
  }

  @Test
  void countsDoNotShrink() {
    send(5);
    assertEquals(1, feedback.onCounts(new EcnCounts(2, 0, 1), 2));
    assertEquals(-1, feedback.onCounts(new EcnCounts(1, 0, 2), 0));
    assertEquals(-1, feedback.onCounts(new EcnCounts(4, 0, 0), 0));
  }
}
