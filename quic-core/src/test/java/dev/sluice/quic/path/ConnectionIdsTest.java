package dev.sluice.quic.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryConfig;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Issuing and retiring connection IDs, RFC 9000 §5.1. */
class ConnectionIdsTest {
  private final FakeIdSource source = new FakeIdSource();
  private final ConnectionId first = source.issue();
  private final LocalConnectionIds local = new LocalConnectionIds(source, first);
  private final ConnectionId peerFirst = ConnectionId.of(new byte[] {9, 0});
  private final RemoteConnectionIds remote = new RemoteConnectionIds(source, peerFirst);
  private final Paths paths = paths(remote);

  /** Those of a connection with one path, which sends with the first ID. */
  private static Paths paths(RemoteConnectionIds ids) {
    Recovery recovery =
        new Recovery(
            RecoveryConfig.of(false, 1200, new SplittableRandom(1)), new NewReno(1200), null);
    InetSocketAddress peer = new InetSocketAddress("192.0.2.1", 1);
    return new Paths(
        false, new Path(null, peer, true, recovery.path()), ids, recovery::path, gone -> {});
  }

  /** The frame comes, and paths take another ID where they have to. */
  private void hear(NewConnectionIdFrame frame) {
    remote.onFrame(frame);
    paths.renewDestinations();
  }

  private ConnectionId inUse() {
    return paths.active().destination().id();
  }

  @Test
  @Requirement({"RFC9000-5.1.1#1", "RFC9000-5.1.1#4"})
  void issuesUpToThePeersLimitInSequence() {
    local.onPeerLimit(3);
    assertEquals(List.of(1L, 2L), sequences(Packet.of(local::write).frames()));
    assertFalse(local.hasPending());
  }

  @Test
  @Requirement({"RFC9000-5.1.1#7", "RFC9000-5.1.1#2"})
  void replacesWhatThePeerRetires() {
    local.onPeerLimit(2);
    Packet.of(local::write);
    local.onRetire(1, first);
    assertEquals(List.of(2L), sequences(Packet.of(local::write).frames()));
    assertEquals(1, source.retired.size());
    assertTrue(local.contains(first));
  }

  @Test
  void sendsAgainWhatWasLostUnlessRetired() {
    local.onPeerLimit(3);
    Packet.of(local::write);
    local.onLost(new RecoveryToken.NewConnectionId(1));
    local.onLost(new RecoveryToken.NewConnectionId(2));
    local.onRetire(1, first);
    assertEquals(List.of(2L, 3L), sequences(Packet.of(local::write).frames()));
  }

  /** What was taken for lost may have come; and what has come may be in use. */
  @Test
  @Requirement({"RFC9000-5.1.1#2", "RFC9000-5.1.2#8", "RFC9000-19.15#6"})
  void renewingKeepsWhatThePeerMayHaveUntilItGivesItUp() {
    local.onPeerLimit(4);
    List<NewConnectionIdFrame> sent = issuedIn(Packet.of(local::write).frames());
    local.onLost(new RecoveryToken.NewConnectionId(2));
    local.renew();
    List<NewConnectionIdFrame> renewed = issuedIn(Packet.of(local::write).frames());
    assertEquals(
        List.of(2L, 4L, 5L, 6L, 7L), renewed.stream().map(NewConnectionIdFrame::sequence).toList());
    assertEquals(
        List.of(2L, 4L, 4L, 4L, 4L),
        renewed.stream().map(NewConnectionIdFrame::retirePriorTo).toList());
    sent.forEach(frame -> assertTrue(local.contains(frame.id())));
    local.onLost(new RecoveryToken.NewConnectionId(3));
    assertEquals(List.of(3L), sequences(Packet.of(local::write).frames()));
    local.renew();
    assertFalse(local.hasPending(), "the renewal before is not through");
    for (long old = 0; old < 4; old++) {
      local.onRetire(old, renewed.getLast().id());
    }
    assertEquals(List.of(8L, 9L, 10L, 11L), sequences(Packet.of(local::write).frames()));
  }

  @Test
  @Requirement("RFC9000-5.1.1#1")
  void renewingForgetsWhatWasNeverSent() {
    local.onPeerLimit(4);
    local.renew();
    List<NewConnectionIdFrame> sent = issuedIn(Packet.of(local::write).frames());
    assertEquals(
        List.of(1L, 2L, 3L, 4L), sent.stream().map(NewConnectionIdFrame::sequence).toList());
    assertEquals(3, source.retired.size());
  }

  @Test
  void sendsOnceWhatWasLostTwice() {
    local.onPeerLimit(2);
    Packet.of(local::write);
    local.onLost(new RecoveryToken.NewConnectionId(1)); // in the packet, and in a probe after it
    local.onLost(new RecoveryToken.NewConnectionId(1));
    local.onRetire(1, first); // the peer had it all the same
    assertEquals(List.of(2L), sequences(Packet.of(local::write).frames()));
    hear(issued(2, 2));
    Packet.of(remote::write);
    remote.onLost(new RecoveryToken.RetireConnectionId(0));
    remote.onLost(new RecoveryToken.RetireConnectionId(0));
    assertEquals(List.of(0L), retired(Packet.of(remote::write).frames()));
    remote.onAcked(new RecoveryToken.RetireConnectionId(0));
    remote.onLost(new RecoveryToken.RetireConnectionId(0));
    assertFalse(remote.hasPending());
  }

  @Test
  void doesNotTakeWhatItHasRetired() {
    remote.onFrame(issued(1, 0));
    RemoteId taken = remote.take();
    remote.release(taken);
    assertEquals(List.of(1L), retired(Packet.of(remote::write).frames()));
    remote.onFrame(issued(1, 0)); // come again, late
    assertNull(remote.take());
  }

  @Test
  @Requirement({"RFC9000-19.16#1", "RFC9000-19.16#3"})
  void refusesRetirementsThatCannotBe() {
    assertFails(TransportError.PROTOCOL_VIOLATION, local, l -> l.onRetire(1, first));
    assertFails(TransportError.PROTOCOL_VIOLATION, local, l -> l.onRetire(0, first));
    local.onPeerLimit(2); // number 1 is made, and has yet to be sent
    assertFails(TransportError.PROTOCOL_VIOLATION, local, l -> l.onRetire(1, first));
  }

  @Test
  @Requirement("RFC9000-19.16#4")
  void refusesRetirementOfZeroLengthIds() {
    FakeIdSource none = new FakeIdSource(0);
    LocalConnectionIds ids = new LocalConnectionIds(none, none.issue());
    ids.onPeerLimit(8);
    assertFalse(ids.hasPending());
    assertFails(TransportError.PROTOCOL_VIOLATION, ids, l -> l.onRetire(0, peerFirst));
  }

  @Test
  @Requirement({"RFC9000-5.1.2#4", "RFC9000-19.15#8"})
  void stopsUsingWhatIsToBeRetired() {
    hear(issued(1, 0));
    assertEquals(peerFirst, inUse());
    hear(issued(2, 2));
    assertEquals(id(2), inUse());
    assertEquals(List.of(1L, 0L), retired(Packet.of(remote::write).frames()));
    hear(issued(3, 1));
    assertEquals(id(2), inUse());
  }

  /** A frame that is sent again, since it may be lost, says what is to be retired by then. */
  @Test
  @Requirement("RFC9000-5.1.2#4")
  void retiresWhatAFrameThatComesAgainWantsBack() {
    hear(issued(1, 0));
    hear(issued(2, 0));
    hear(issued(2, 2));
    assertEquals(id(2), inUse());
    assertEquals(List.of(1L, 0L), retired(Packet.of(remote::write).frames()));
  }

  /** Also where all others are on other paths, or given back: the last one goes for the next. */
  @Test
  @Requirement("RFC9000-5.1.2#4")
  void keepsTheLastIdUntilThereIsAnother() {
    hear(issued(1, 0));
    hear(issued(2, 0));
    RemoteId onOtherPath = remote.take();
    remote.release(remote.take());
    hear(issued(1, 1));
    hear(issued(2, 2));
    assertTrue(remote.isRevoked(onOtherPath));
    assertEquals(peerFirst, inUse());
    hear(issued(3, 2));
    assertEquals(id(3), inUse());
    remote.release(onOtherPath);
    assertEquals(List.of(2L, 0L, 1L), retired(Packet.of(remote::write).frames()));
  }

  @Test
  @Requirement("RFC9000-19.15#9")
  void retiresAtOnceWhatComesTooLate() {
    hear(issued(3, 3));
    Packet.of(remote::write);
    hear(issued(2, 0));
    assertEquals(List.of(2L), retired(Packet.of(remote::write).frames()));
  }

  @Test
  @Requirement("RFC9000-19.15#4")
  void toleratesTheSameFrameTwice() {
    remote.onFrame(issued(1, 0));
    remote.onFrame(issued(1, 0));
    assertFalse(remote.hasPending());
  }

  @Test
  @Requirement({"RFC9000-5.1.1#6", "RFC9000-19.15#3", "RFC9000-19.15#5"})
  void refusesTooManyAndContradictions() {
    for (int i = 1; i < RemoteConnectionIds.ACTIVE_LIMIT; i++) {
      remote.onFrame(issued(i, 0));
    }
    assertFails(TransportError.CONNECTION_ID_LIMIT_ERROR, remote, r -> r.onFrame(issued(9, 0)));
    assertFails(
        TransportError.PROTOCOL_VIOLATION,
        remote,
        r -> r.onFrame(new NewConnectionIdFrame(1, 0, id(7), token(7))));
    assertFails(
        TransportError.PROTOCOL_VIOLATION,
        remote,
        r -> r.onFrame(new NewConnectionIdFrame(7, 0, id(1), token(1))));
    RemoteConnectionIds few = new RemoteConnectionIds(source, peerFirst);
    few.onFrame(issued(1, 0));
    assertFails(
        TransportError.PROTOCOL_VIOLATION,
        few,
        r -> r.onFrame(new NewConnectionIdFrame(7, 0, id(1), token(1))));
    RemoteConnectionIds none = new RemoteConnectionIds(source, ConnectionId.EMPTY);
    assertFails(TransportError.PROTOCOL_VIOLATION, none, r -> r.onFrame(issued(1, 0)));
  }

  @Test
  @Requirement({"RFC9000-5.1.2#5", "RFC9000-5.1.2#6"})
  void boundsUnacknowledgedRetirements() {
    int allowed = 0;
    TransportException end = null;
    for (int i = 1; end == null; i++) {
      try {
        hear(issued(i, i));
        allowed++;
      } catch (TransportException e) {
        end = e;
      }
    }
    assertTrue(allowed >= 2 * RemoteConnectionIds.ACTIVE_LIMIT);
    assertEquals(TransportError.CONNECTION_ID_LIMIT_ERROR.code(), end.code());
  }

  @Test
  void acknowledgedRetirementsMakeRoom() {
    for (int i = 1; i < 1000; i++) {
      hear(issued(i, i));
      Packet.of(remote::write)
          .tokens()
          .forEach(t -> remote.onAcked((RecoveryToken.RetireConnectionId) t));
    }
    assertEquals(id(999), inUse());
  }

  @Test
  @Requirement({"RFC9000-10.3.1#3", "RFC9000-10.3.1#5"})
  void expectsOnlyTheResetTokenInUse() {
    remote.onFrame(issued(1, 0));
    assertNull(source.expectedReset);
    assertFalse(paths.isResetToken(token(1).toArray(), 0));
    hear(issued(2, 1));
    assertArrayEquals(token(1).toArray(), source.expectedReset);
    assertTrue(paths.isResetToken(token(1).toArray(), 0));
  }

  @Test
  @Requirement({"RFC9000-9.5#2", "RFC9000-9.5#3"})
  void givesEachPathAnIdOfItsOwnAndRetiresItWithTheLastPath() {
    assertNull(remote.take());
    remote.onFrame(issued(1, 0));
    remote.onFrame(issued(2, 0));
    RemoteId one = remote.take();
    RemoteId two = remote.take();
    assertEquals(List.of(id(1), id(2)), List.of(one.id(), two.id()));
    assertFalse(remote.hasUnused());
    one.use(); // a NAT gave its path another address
    remote.release(one);
    assertFalse(remote.hasPending());
    remote.release(one);
    assertEquals(List.of(1L), retired(Packet.of(remote::write).frames()));
    remote.onFrame(issued(1, 0)); // late, and still unwanted
    assertFalse(remote.hasUnused());
  }

  @Test
  void revokedIdsAreReplacedOrMarked() {
    hear(issued(1, 0));
    RemoteId other = remote.take();
    hear(issued(2, 2));
    assertTrue(remote.isRevoked(other));
    assertEquals(id(2), inUse());
    remote.release(other);
    assertEquals(List.of(0L, 1L), retired(Packet.of(remote::write).frames()));
  }

  @Test
  void zeroLengthIdsAreAllOne() {
    RemoteConnectionIds none = new RemoteConnectionIds(source, ConnectionId.EMPTY);
    RemoteId id = none.take();
    assertEquals(ConnectionId.EMPTY, id.id());
    none.release(id);
    none.release(id);
    assertFalse(none.hasPending());
  }

  @Test
  @Requirement("RFC9000-9.6.1#2")
  void theIdOfThePreferredAddressIsNumberOne() {
    remote.onPreferredAddress(id(1), token(1).toArray());
    assertEquals(id(1), remote.take().id());
    FakeIdSource own = new FakeIdSource();
    LocalConnectionIds ids = new LocalConnectionIds(own, own.issue());
    ConnectionId preferred = ids.issueForPreferredAddress();
    assertTrue(ids.contains(preferred));
    assertFalse(ids.hasPending());
    ids.onPeerLimit(3);
    assertEquals(List.of(2L), sequences(Packet.of(ids::write).frames()));
  }

  /** Whatever is issued, used, left, revoked, lost or late: an ID is held, or retired. */
  @Property(tries = 500)
  @Requirement("RFC9000-5.1.2#7")
  void noIdIsForgottenWithoutBeingRetired(@ForAll @Size(max = 60) List<@IntRange Integer> steps) {
    RemoteConnectionIds ids = new RemoteConnectionIds(source, peerFirst);
    Set<Long> known = new HashSet<>(Set.of(0L));
    Set<Long> heard = new HashSet<>();
    List<RemoteId> paths = new ArrayList<>(List.of(ids.first()));
    List<RecoveryToken> inFlight = new ArrayList<>();
    long next = 1;
    for (int step : steps) {
      int which = step >>> 3 & 0xff;
      try {
        switch (step & 7) {
          case 0, 1 -> {
            known.add(next);
            ids.onFrame(issued(next++, 0));
          }
          case 2 -> {
            known.add(next);
            ids.onFrame(issued(next, Math.max(0, next - which % 3)));
            next++;
          }
          case 3 -> { // once more, or never before
            long sequence = which % next;
            ids.onFrame(issued(sequence, which % 5 == 0 ? sequence : 0));
          }
          case 4 -> {
            RemoteId taken = ids.take();
            if (taken != null) {
              paths.add(taken);
            }
          }
          case 5 -> {
            if (paths.size() > 1) {
              ids.release(paths.removeFirst());
            }
          }
          case 6 -> {
            Packet packet = Packet.of(ids::write);
            heard.addAll(retired(packet.frames()));
            inFlight.addAll(packet.tokens());
          }
          default -> {
            if (!inFlight.isEmpty()) {
              RecoveryToken token = inFlight.removeFirst();
              heard.remove(((RecoveryToken.RetireConnectionId) token).sequence());
              ids.onLost((RecoveryToken.RetireConnectionId) token);
            }
          }
        }
        renew(ids, paths);
      } catch (TransportException e) {
        return; // the peer broke a rule, and the connection is over
      }
    }
    heard.addAll(retired(Packet.of(ids::write).frames()));
    Set<Long> held = new HashSet<>();
    paths.forEach(path -> held.add(path.sequence));
    for (RemoteId unused = ids.take(); unused != null; unused = ids.take()) {
      held.add(unused.sequence);
    }
    known.removeAll(held);
    known.removeAll(heard);
    assertEquals(Set.of(), known, "neither held nor retired");
  }

  /** Paths take others in place of what is revoked; one keeps its own where there is none. */
  private static void renew(RemoteConnectionIds ids, List<RemoteId> paths) {
    for (RemoteId present : List.copyOf(paths)) {
      RemoteId next = ids.isRevoked(present) ? ids.take() : null;
      if (next != null) {
        paths.add(next);
      }
      if (ids.isRevoked(present) && paths.size() > 1) {
        paths.remove(present);
        ids.release(present);
      }
    }
  }

  private static <T> void assertFails(TransportError error, T target, Consumer<T> action) {
    TransportException e = assertThrows(TransportException.class, () -> action.accept(target));
    assertEquals(error.code(), e.code());
  }

  private static ConnectionId id(long sequence) {
    return ConnectionId.of(new byte[] {7, (byte) (sequence >> 8), (byte) sequence});
  }

  private static Bytes token(long sequence) {
    byte[] token = new byte[16];
    token[0] = (byte) (sequence >> 8);
    token[1] = (byte) sequence;
    return Bytes.of(token);
  }

  private static NewConnectionIdFrame issued(long sequence, long retirePriorTo) {
    return new NewConnectionIdFrame(sequence, retirePriorTo, id(sequence), token(sequence));
  }

  private static List<NewConnectionIdFrame> issuedIn(List<Frame> frames) {
    return frames.stream().map(NewConnectionIdFrame.class::cast).toList();
  }

  private static List<Long> sequences(List<Frame> frames) {
    return frames.stream().map(f -> ((NewConnectionIdFrame) f).sequence()).toList();
  }

  private static List<Long> retired(List<Frame> frames) {
    return frames.stream().map(f -> ((RetireConnectionIdFrame) f).sequence()).toList();
  }
}
