package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.wire.WireWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever is sent, acknowledged, lost, timed out and discarded: bytes in flight are the sum of the
 * packets in flight, every packet is acknowledged at most once, and what is lost was outstanding.
 */
class RecoveryModelTest implements TokenListener {
  private record Sent(int bytes, boolean inFlight) {}

  private final Map<PacketNumberSpace, TreeMap<Long, Sent>> outstanding =
      new EnumMap<>(PacketNumberSpace.class);
  private final Map<PacketNumberSpace, TreeMap<Long, Sent>> lost =
      new EnumMap<>(PacketNumberSpace.class);
  private final PacketContents contents = new PacketContents();
  private boolean resending;
  private boolean initialDiscarded;
  private Recovery recovery;

  @Property(tries = 500)
  void bytesInFlightAreTheSumOfOutstandingPackets(
      @ForAll long seed, @ForAll boolean client, @ForAll CongestionAlgorithm algorithm) {
    SplittableRandom random = new SplittableRandom(seed);
    recovery =
        new Recovery(
            RecoveryConfig.of(client, 1200, random.split()),
            algorithm.create(1200, random.split()),
            this);
    initialDiscarded = false;
    long now = random.nextLong(-1_000_000_000, 1_000_000_000);
    for (PacketNumberSpace space : PacketNumberSpace.values()) {
      outstanding.put(space, new TreeMap<>());
      lost.put(space, new TreeMap<>());
    }
    for (int i = 0; i < 300; i++) {
      now += random.nextInt(20_000_000);
      act(random, now);
      long sum =
          outstanding.values().stream()
              .flatMap(packets -> packets.values().stream())
              .filter(Sent::inFlight)
              .mapToLong(Sent::bytes)
              .sum();
      assertEquals(sum, recovery.path().bytesInFlight());
      assertTrue(recovery.path().congestion().window() >= 2400);
      assertTrue(
          recovery.path().sendAllowance(now)
              <= Math.max(1200, recovery.path().congestion().window()));
    }
  }

  private void act(SplittableRandom random, long now) {
    PacketNumberSpace space = PacketNumberSpace.values()[random.nextInt(3)];
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> send(space, random, now);
      case 5, 6, 7 -> acknowledge(space, random, now);
      case 8 -> recovery.onDeadline(now);
      case 9 -> {
        long then = recovery.deadline() < now + 1_000_000_000L ? recovery.deadline() : now;
        int expiries = 0;
        while (recovery.deadline() <= Math.max(then, now)) {
          recovery.onDeadline(Math.max(then, now));
          assertTrue(++expiries < 50, "a deadline that has been met moves on");
        }
      }
      case 10 -> {
        resending = true;
        recovery.resendForProbe(space);
        resending = false;
      }
      default -> rarely(random, now);
    }
  }

  private void rarely(SplittableRandom random, long now) {
    switch (random.nextInt(8)) {
      case 0 -> recovery.onHandshakeConfirmed();
      case 1 -> recovery.onHandshakeKeys();
      case 2 -> {
        recovery.discard(PacketNumberSpace.INITIAL, now);
        outstanding.get(PacketNumberSpace.INITIAL).clear();
        lost.get(PacketNumberSpace.INITIAL).clear();
        initialDiscarded = true;
      }
      case 3 -> {
        resending = true;
        recovery.onZeroRttRejected(now);
        resending = false;
        outstanding.get(PacketNumberSpace.APPLICATION).clear();
        lost.get(PacketNumberSpace.APPLICATION).clear();
      }
      case 4 -> recovery.path().setMaxDatagramSize(1200 + random.nextInt(300));
      case 5 -> recovery.setAntiAmplificationBlocked(random.nextBoolean());
      default -> recovery.path().onApplicationLimited();
    }
  }

  private void send(PacketNumberSpace space, SplittableRandom random, long now) {
    if (space == PacketNumberSpace.INITIAL && initialDiscarded) {
      return;
    }
    recovery.path().canSend(now);
    for (int i = random.nextInt(5); i >= 0; i--) {
      long number = recovery.nextPacketNumber(space);
      int bytes = 40 + random.nextInt(1160);
      contents.begin(new WireWriter(new byte[1200], 0, 1200));
      int kind = random.nextInt(4);
      if (kind > 0) {
        contents.add(new PathChallengeFrame(number), new RecoveryToken.PathChallenge(number));
      } else if (random.nextBoolean()) {
        contents.add(new PaddingFrame(1), new RecoveryToken.PathChallenge(number));
      } else {
        contents.added(new RecoveryToken.PathChallenge(number), false);
      }
      outstanding.get(space).put(number, new Sent(bytes, contents.isInFlight()));
      recovery.onPacketSent(recovery.path(), space, number, bytes, contents, now);
    }
  }

  private void acknowledge(PacketNumberSpace space, SplittableRandom random, long now) {
    AckRanges.Builder ranges = AckRanges.builder();
    boolean wanted = random.nextInt(3) > 0;
    long lowest = Long.MAX_VALUE;
    for (long number : outstanding.get(space).descendingKeySet()) {
      if (random.nextInt(8) == 0) {
        wanted = !wanted;
      }
      if (wanted && number < lowest - 1) {
        ranges.add(number, number);
        lowest = number;
      }
    }
    for (long number : lost.get(space).descendingKeySet()) {
      if (random.nextInt(8) == 0 && number < lowest - 1) {
        ranges.add(number, number);
        lowest = number;
      }
    }
    if (ranges.count() > 0) {
      AckRanges built = ranges.build();
      recovery.onAck(
          space, new AckFrame(built.largest(), 0, built, null), random.nextInt(30_000_000), now);
      for (int i = 0; i < built.count(); i++) {
        assertTrue(!outstanding.get(space).containsKey(built.largest(i)));
      }
    }
  }

  @Override
  public void onAcked(PacketNumberSpace space, RecoveryToken token) {
    long number = ((RecoveryToken.PathChallenge) token).data();
    Sent packet = outstanding.get(space).remove(number);
    Sent late = lost.get(space).remove(number);
    assertTrue(packet != null ^ late != null, () -> space + " packet " + number);
  }

  @Override
  public void onStreamAcked(long streamId, long offset, long length, boolean fin) {
    throw new AssertionError("no packet has data of streams");
  }

  @Override
  public void onStreamLost(long streamId, long offset, int length, boolean fin) {
    throw new AssertionError("no packet has data of streams");
  }

  @Override
  public void onLost(PacketNumberSpace space, RecoveryToken token) {
    long number = ((RecoveryToken.PathChallenge) token).data();
    if (resending) {
      assertTrue(outstanding.get(space).containsKey(number));
      return;
    }
    Sent packet = outstanding.get(space).remove(number);
    assertTrue(packet != null, () -> space + " packet " + number);
    lost.get(space).put(number, packet);
  }
}
