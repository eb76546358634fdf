package dev.sluice.quic.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryConfig;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Validation of addresses and paths, RFC 9000 §8 and §9. */
class PathsTest {
  private static final long PTO = 100;

  private final InetSocketAddress first = new InetSocketAddress("192.0.2.1", 1);
  private final InetSocketAddress here = new InetSocketAddress("192.0.2.98", 443);
  private final InetSocketAddress moved = new InetSocketAddress("192.0.2.1", 2);
  private final ConnectionId same = ConnectionId.of(new byte[] {5, 5});
  private final ConnectionId other = ConnectionId.of(new byte[] {6, 6});
  private final RemoteConnectionIds remote = ids();
  private final Path path = new Path(here, first, true, state());
  private final Paths paths = new Paths(false, path, remote, PathsTest::state, gone -> {});

  PathsTest() {
    paths.keep(path, same, true, 0);
    remote.onFrame(issued(1));
    remote.onFrame(issued(2));
  }

  private static RemoteConnectionIds ids() {
    return new RemoteConnectionIds(new FakeIdSource(), id(0));
  }

  private static ConnectionId id(int number) {
    return ConnectionId.of(new byte[] {9, (byte) number});
  }

  private static NewConnectionIdFrame issued(int number) {
    return new NewConnectionIdFrame(number, 0, id(number), Bytes.of(new byte[16]));
  }

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
  @Requirement({"RFC9000-8.2.2#1", "RFC9000-8.2.2#3", "RFC9000-8.2.2#7"})
  void answersChallengesOnThePathTheyCameOn() {
    path.onChallenge(42);
    assertEquals(
        List.of(new PathResponseFrame(42)), Packet.of(out -> path.write(out, 0, 0)).frames());
    assertFalse(path.hasPending());
  }

  @Test
  void boundsAnswersToAFlood() {
    for (int i = 0; i < 1000; i++) {
      path.onChallenge(i);
    }
    List<?> frames = Packet.of(out -> path.write(out, 0, 0)).frames();
    assertEquals(4, frames.size());
    assertEquals(new PathResponseFrame(999), frames.getLast());
  }

  @Test
  @Requirement("RFC9000-9.3#1")
  void challengesWhereThePeerMovedTo() {
    Path to = moveTo(moved, same);
    assertSame(to, paths.active());
    assertEquals(
        List.of(new PathChallengeFrame(7)), Packet.of(out -> to.write(out, 7, 0)).frames());
    assertNull(paths.onResponse(8, PTO, 0));
    assertSame(to, paths.onResponse(7, PTO, 0));
    assertTrue(to.isValidated());
    assertEquals(List.of(), paths.onDeadline(10 * PTO));
    assertSame(to, paths.active());
  }

  @Test
  void aNatIsToldFromAMoveByAnyIdOfThePath() {
    paths.keep(path, other, true, 0); // a probe of the client's from the same address
    Path to = moveTo(moved, same);
    assertSame(path.destination(), to.destination());
  }

  @Test
  void aPathWithoutAnIdGetsThatOfThePathThatItTurnsOutToBe() {
    Path probed = null;
    for (int i = 1; i <= 3; i++) { // all IDs are taken for probes that came under new ones
      probed = paths.of(here, new InetSocketAddress("192.0.2.1", 10 + i));
      paths.keep(probed, id(50 + i), true, 0);
    }
    assertNull(probed.destination());
    paths.keep(probed, same, true, 0); // what comes from there now is addressed as ever
    assertSame(path.destination(), probed.destination());
  }

  /** What is in use is the active path's, or one that was given back could take its place. */
  @Test
  @Requirement("RFC9000-5.1.2#4")
  void whatTheActivePathGetsLateIsInUse() {
    for (int i = 1; i <= 2; i++) { // all IDs are taken for probes that came under new ones
      paths.keep(paths.of(here, new InetSocketAddress("192.0.2.1", 10 + i)), id(50 + i), true, 0);
    }
    Path to = moveTo(moved, other);
    assertNull(to.destination());
    paths.keep(to, id(51), true, 0); // it turns out to be where the first probe came from
    assertEquals(id(1), to.destination().id());
    paths.forget(path);
    remote.onFrame(new NewConnectionIdFrame(3, 2, id(3), Bytes.of(new byte[16])));
    paths.renewDestinations();
    assertEquals(id(3), to.destination().id());
  }

  @Test
  void goesBackToWhatHasAnsweredLast() {
    Path between = moveTo(moved, same);
    Path to = moveTo(new InetSocketAddress("192.0.2.1", 3), same);
    between.validate(PTO, 0); // asked whether it is still there
    Packet.of(out -> between.write(out, 7, 0));
    assertSame(between, paths.onResponse(7, PTO, 0));
    assertSame(to, paths.active());
    assertSame(between, paths.fallBack(PTO, 1));
    assertSame(between, paths.active());
  }

  @Test
  @Requirement("RFC9000-9.3.2#1")
  void goesBackWhenTheNewAddressDoesNotAnswer() {
    Path to = moveTo(moved, same);
    Packet.of(out -> to.write(out, 7, 0));
    long end = 3 * Math.max(PTO, to.recovery().probeTimeout());
    assertEquals(List.of(), paths.onDeadline(end - 1));
    assertEquals(List.of(to), paths.onDeadline(end));
    assertSame(path, paths.fallBack(PTO, end));
    assertSame(path, paths.active());
    // Should the peer be there after all, it need not issue another ID.
    assertEquals(List.of(to), paths.others());
    assertTrue(to.isInDoubt());
  }

  @Test
  @Requirement("RFC9000-9.3.2#2")
  void hasNowhereToGoBackToWithoutAValidatedPath() {
    Paths none =
        new Paths(
            false, new Path(null, first, false, state()), ids(), PathsTest::state, gone -> {});
    Path to = none.of(null, moved);
    none.keep(to, same, true, 0);
    none.activate(to, PTO, 0);
    assertNull(none.fallBack(PTO, 0));
  }

  @Test
  void repeatsALostChallenge() {
    Path to = moveTo(moved, same);
    Packet.of(out -> to.write(out, 7, 0));
    assertFalse(to.hasPending());
    paths.onChallengeLost(7);
    paths.onDeadline(paths.deadline());
    assertTrue(to.hasPending());
    assertSame(to, paths.onResponse(7, PTO, 0));
    assertFalse(to.hasPending());
  }

  @Test
  void boundsWhatReplaysFromManyAddressesCost() {
    for (int port = 10; port < 1000; port++) {
      Path seen = paths.of(here, new InetSocketAddress("198.51.100.1", port));
      paths.keep(seen, same, true, 0);
    }
    assertEquals(3, paths.others().size());
  }

  /** An authentic packet comes from this address. */
  private Path heard(InetSocketAddress address, long now) {
    Path from = paths.of(here, address);
    paths.keep(from, same, true, now);
    return from;
  }

  private InetSocketAddress spoofed(int number) {
    return new InetSocketAddress("198.51.100.1", number);
  }

  /** Whoever copies packets from many addresses is heard once from each (§9.3.3). */
  @Test
  void whereThePeerWasHeardLongestAgoMakesRoom() {
    Path made = heard(spoofed(1), 1);
    Path silent = heard(spoofed(2), 2);
    Path third = heard(spoofed(3), 3);
    heard(spoofed(1), 4);
    Path newest = heard(spoofed(4), 5);
    assertEquals(Set.of(made, third, newest), Set.copyOf(paths.others()));
    heard(spoofed(3), 6);
    heard(spoofed(5), 7);
    assertTrue(paths.others().contains(third));
    assertFalse(paths.others().contains(made));
    assertFalse(paths.others().contains(silent));
  }

  @Test
  void whereThePeerHasAnsweredIsKeptBeforeWhereItWasOnlySeen() {
    Path answered = heard(moved, 1);
    answered.amplification().onReceived(1200);
    answered.validate(PTO, 1);
    Packet.of(out -> answered.write(out, 7, 1));
    assertSame(answered, paths.onResponse(7, PTO, 2));
    for (int i = 1; i < 1000; i++) {
      heard(spoofed(i), 2 + i);
      assertTrue(paths.others().contains(answered), i + " addresses");
    }
    assertEquals(3, paths.others().size());
  }

  @Test
  void whereTheConnectionIsToMoveIsKept() {
    Path wanted = heard(moved, 1);
    paths.moveWhenValidated(wanted);
    for (int i = 1; i < 1000; i++) {
      heard(spoofed(i), 1 + i);
      assertTrue(paths.others().contains(wanted), i + " addresses");
    }
  }

  @Test
  void whereAClientIsMovingIsKeptBeforeWhatItHasLeft() {
    RemoteConnectionIds ids = ids();
    for (int i = 1; i < 7; i++) {
      ids.onFrame(issued(i));
    }
    Paths client =
        new Paths(true, new Path(here, first, true, state()), ids, PathsTest::state, gone -> {});
    List<Path> left = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      left.add(client.active());
      client.keep(client.active(), same, true, 10 - i); // the first was heard last
      client.activate(client.add(spoofed(i), first), PTO, 10);
    }
    Path moving = client.add(moved, first);
    client.moveWhenValidated(moving);
    assertEquals(Set.of(left.get(0), left.get(1), moving), Set.copyOf(client.others()));
    Path toPreferred = client.add(moved, spoofed(9));
    client.moveWhenValidated(toPreferred);
    assertEquals(Set.of(left.get(0), moving, toPreferred), Set.copyOf(client.others()));
  }

  @Test
  void keepsNothingOfWhatIsNotAuthentic() {
    for (int port = 10; port < 1000; port++) {
      paths.of(here, new InetSocketAddress("198.51.100.1", port));
    }
    assertEquals(0, paths.others().size());
  }

  @Test
  @Requirement("RFC9000-9#7")
  void aClientTalksToItsServerOnly() {
    assertNull(
        new Paths(true, new Path(null, first, true, state()), ids(), PathsTest::state, gone -> {})
            .of(null, moved));
  }

  @Test
  @Requirement("RFC9000-9.5#4")
  void aReboundPeerGetsItsIdBackEvenIfItsOldPathHasToGo() {
    remote.onFrame(issued(1));
    remote.onFrame(issued(2));
    for (int i = 1; i <= 3; i++) {
      Path seen = paths.of(here, new InetSocketAddress("198.51.100.1", i));
      paths.keep(seen, id(10 + i), true, 0);
    }
    Path rebound = paths.of(here, new InetSocketAddress("203.0.113.1", 4));
    paths.keep(rebound, id(11), true, 0);
    assertEquals(id(1), rebound.destination().id());
    assertEquals(3, paths.others().size());
  }

  /** IDs are few, and a peer may have left all paths but one. */
  @Test
  void newIdsGoToPathsThatHaveSomethingToSay() {
    remote.onFrame(issued(1));
    remote.onFrame(issued(2));
    Path silent = paths.of(here, new InetSocketAddress("198.51.100.1", 1));
    paths.keep(silent, id(11), true, 0);
    Path asked = paths.of(here, new InetSocketAddress("198.51.100.1", 2));
    paths.keep(asked, id(12), true, 0);
    asked.validate(PTO, 0);
    remote.onFrame(new NewConnectionIdFrame(3, 3, id(3), Bytes.of(new byte[16])));
    remote.onFrame(new NewConnectionIdFrame(4, 3, id(4), Bytes.of(new byte[16])));
    paths.renewDestinations();
    assertEquals(id(3), path.destination().id());
    assertNull(silent.destination());
    assertEquals(id(4), asked.destination().id());
  }

  /** It may have returned to an address of ours that we have left (§9.3.2). */
  @Test
  void aClientHearsItsServerAtWhateverAddressOfItsOwn() {
    InetSocketAddress preferred = new InetSocketAddress("192.0.2.99", 443);
    InetSocketAddress ours = new InetSocketAddress("198.51.100.1", 1);
    RemoteConnectionIds ids = ids();
    ids.onFrame(issued(1));
    Paths client =
        new Paths(true, new Path(ours, first, true, state()), ids, PathsTest::state, gone -> {});
    client.activate(client.add(ours, preferred), PTO, 0);
    InetSocketAddress left = new InetSocketAddress("198.51.100.1", 2);
    assertNotNull(client.of(left, first));
    assertNotNull(client.of(left, preferred));
    assertNull(client.of(left, moved));
  }

  @Test
  @Requirement({"RFC9000-9.4#1", "RFC9000-9.4#2", "RFC9000-9.4#3"})
  void aPathOfAnotherHostStartsAfreshAndOneOfAnotherPortGoesOn() {
    Path rebound = moveTo(moved, same);
    assertSame(path.recovery(), rebound.recovery());
    Path elsewhere = moveTo(new InetSocketAddress("198.51.100.1", 1), other);
    assertNotSame(path.recovery(), elsewhere.recovery());
    PathRecovery learnt = elsewhere.recovery();
    paths.activate(rebound, PTO, 0);
    assertSame(path.recovery(), rebound.recovery());
    paths.activate(elsewhere, PTO, 0);
    assertSame(learnt, elsewhere.recovery());
  }

  @Test
  @Requirement({"RFC9000-9.5#2", "RFC9000-9.5#3", "RFC9000-9.5#4"})
  void onlyWhoMovesUnderTheSameIdGetsTheSameIdBack() {
    paths.keep(path, same, true, 0);
    assertSame(path.destination(), moveTo(moved, same).destination());
    Path elsewhere = moveTo(new InetSocketAddress("198.51.100.1", 1), other);
    assertEquals(id(1), elsewhere.destination().id());
    // The same ID of ours, but from another address of ours.
    Path atPreferred = paths.of(new InetSocketAddress("192.0.2.99", 443), first);
    paths.keep(atPreferred, other, true, 0);
    assertEquals(id(2), atPreferred.destination().id());
  }

  @Test
  void aPathThatWasLeftIsForgottenWithItsIdAfterAWhile() {
    Path to = moveTo(moved, other);
    Packet.of(out -> to.write(out, 7, 0));
    assertSame(to, paths.onResponse(7, PTO, 0));
    assertEquals(List.of(path), paths.others());
    paths.onDeadline(3 * PTO - 1);
    assertEquals(List.of(path), paths.others());
    paths.onDeadline(3 * PTO);
    assertEquals(List.of(), paths.others());
    assertEquals(List.of(new RetireConnectionIdFrame(0)), Packet.of(remote::write).frames());
  }

  @Test
  @Requirement("RFC9000-9.3#1")
  void aPathWithoutAnIdWaitsForOne() {
    remote.take();
    remote.take();
    Path to = moveTo(moved, other);
    assertNull(to.destination());
    remote.onFrame(issued(3));
    paths.renewDestinations();
    assertEquals(id(3), to.destination().id());
  }

  /** Whatever becomes of the ID of the path that was left: the next one is where it is needed. */
  @Test
  @Requirement("RFC9000-5.1.2#4")
  void anIdThatReplacesOthersIsForTheActivePath() {
    remote.take();
    remote.take();
    Path to = moveTo(moved, other);
    assertNull(to.destination());
    remote.onFrame(new NewConnectionIdFrame(3, 1, id(3), Bytes.of(new byte[16])));
    paths.renewDestinations();
    assertEquals(id(3), to.destination().id());
  }

  private Path moveTo(InetSocketAddress address, ConnectionId addressedBy) {
    Path to = paths.of(here, address);
    paths.keep(to, addressedBy, true, 0);
    paths.activate(to, PTO, 0);
    to.amplification().onReceived(1200);
    to.validate(PTO, 0);
    return to;
  }
}
