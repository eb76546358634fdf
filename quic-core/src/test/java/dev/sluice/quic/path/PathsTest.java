package dev.sluice.quic.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryConfig;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Validation of addresses and paths, RFC 9000 §8 and §9. */
class PathsTest {
  private final InetSocketAddress first = new InetSocketAddress("192.0.2.1", 1);
  private final InetSocketAddress moved = new InetSocketAddress("192.0.2.1", 2);
  private final Path path = new Path(null, first, true, state());
  private final Paths paths = new Paths(false, path, PathsTest::state);

  private static PathRecovery state() {
    return new Recovery(
            RecoveryConfig.of(false, 1200, new SplittableRandom(1)), new NewReno(1200), null)
        .path();
  }

  @Test
  @Requirement({"RFC9000-8#1", "RFC9000-8.1#2", "RFC9000-8.1#3"})
  void sendsThreeTimesWhatCame() {
    AmplificationLimit limit = new AmplificationLimit(false);
    assertEquals(0, limit.allowance());
    limit.onReceived(1200);
    limit.onSent(1000);
    assertEquals(2600, limit.allowance());
    limit.onSent(3000);
    assertEquals(0, limit.allowance());
    limit.validate();
    assertEquals(Long.MAX_VALUE, limit.allowance());
  }

  @Test
  void answersChallengesOnThePathTheyCameOn() {
    path.onChallenge(42);
    assertEquals(List.of(new PathResponseFrame(42)), Packet.of(out -> path.write(out, 0)).frames());
    assertFalse(path.hasPending());
  }

  @Test
  void boundsAnswersToAFlood() {
    for (int i = 0; i < 1000; i++) {
      path.onChallenge(i);
    }
    List<?> frames = Packet.of(out -> path.write(out, 0)).frames();
    assertEquals(4, frames.size());
    assertEquals(new PathResponseFrame(999), frames.getLast());
  }

  @Test
  void challengesWhereThePeerMovedTo() {
    Path to = paths.of(null, moved);
    assertSame(path, paths.active());
    paths.migrate(to, 0, 100);
    assertSame(to, paths.active());
    assertEquals(List.of(new PathChallengeFrame(7)), Packet.of(out -> to.write(out, 7)).frames());
    assertFalse(paths.onResponse(8));
    assertTrue(paths.onResponse(7));
    assertTrue(to.amplification().isValidated());
    paths.onDeadline(1000);
    assertSame(to, paths.active());
  }

  @Test
  void goesBackWhenTheNewAddressDoesNotAnswer() {
    Path to = paths.of(null, moved);
    paths.migrate(to, 0, 100);
    Packet.of(out -> to.write(out, 7));
    assertEquals(100, paths.deadline());
    paths.onDeadline(99);
    assertSame(to, paths.active());
    paths.onDeadline(100);
    assertSame(path, paths.active());
    assertEquals(Long.MAX_VALUE, paths.deadline());
  }

  @Test
  void repeatsALostChallenge() {
    Path to = paths.of(null, moved);
    paths.migrate(to, 0, 100);
    Packet.of(out -> to.write(out, 7));
    assertFalse(to.hasPending());
    paths.onChallengeLost(7);
    assertTrue(to.hasPending());
    assertTrue(paths.onResponse(7));
    assertFalse(to.hasPending());
  }

  @Test
  void boundsWhatReplaysFromManyAddressesCost() {
    for (int port = 10; port < 1000; port++) {
      paths.of(null, new InetSocketAddress("198.51.100.1", port));
    }
    assertEquals(3, paths.others().size());
  }

  @Test
  void aClientTalksToItsServerOnly() {
    assertNull(new Paths(true, path, PathsTest::state).of(null, moved));
  }

  @Test
  @Requirement({"RFC9000-9.4#1", "RFC9000-9.4#2"})
  void aPathOfAnotherHostStartsAfreshAndOneOfAnotherPortGoesOn() {
    Path rebound = paths.of(null, moved);
    paths.migrate(rebound, 0, 100);
    assertSame(path.recovery(), rebound.recovery());
    Path elsewhere = paths.of(null, new InetSocketAddress("198.51.100.1", 1));
    paths.migrate(elsewhere, 0, 100);
    assertNotSame(path.recovery(), elsewhere.recovery());
    PathRecovery learnt = elsewhere.recovery();
    paths.migrate(rebound, 0, 100);
    assertSame(path.recovery(), rebound.recovery());
    paths.migrate(elsewhere, 0, 100);
    assertSame(learnt, elsewhere.recovery());
  }
}
