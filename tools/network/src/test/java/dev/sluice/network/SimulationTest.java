package dev.sluice.network;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The network fixture itself: if it lied, so would everything tested on it. */
class SimulationTest {
  /** Sends numbered datagrams, and notes what it receives. */
  private static final class Talker implements Node {
    final List<String> heard = new ArrayList<>();
    final InetSocketAddress peer;
    int toSend;
    int size = 100;
    int sent;
    boolean chasing;
    long deadline = Long.MAX_VALUE;
    final List<Long> deadlines = new ArrayList<>();

    Talker(InetSocketAddress peer, int toSend) {
      this.peer = peer;
      this.toSend = toSend;
    }

    @Override
    public void receive(
        byte[] buffer,
        int offset,
        int length,
        InetSocketAddress local,
        InetSocketAddress remote,
        int ecn,
        long now) {
      heard.add(
          (length == 0 ? -1 : buffer[offset])
              + "@"
              + now
              + "/"
              + length
              + "/"
              + ecn
              + " "
              + remote.getPort());
    }

    @Override
    public void send(long now, Outbox out) {
      byte[] bytes = new byte[size];
      while (toSend > 0) {
        bytes[0] = (byte) sent++;
        out.send(bytes, 0, size, null, peer, 2);
        toSend--;
      }
    }

    @Override
    public long nextDeadline() {
      return chasing ? Long.MIN_VALUE : deadline;
    }

    @Override
    public void onDeadline(long now) {
      if (now >= deadline) {
        deadlines.add(deadline);
        deadline = Long.MAX_VALUE;
      }
    }

    List<Integer> numbers() {
      return heard.stream().map(text -> Integer.parseInt(text.split("@")[0])).toList();
    }
  }

  private final Simulation sim = new Simulation(7);
  private final InetSocketAddress one = sim.address(1);
  private final InetSocketAddress two = sim.address(2);

  private Talker listen(int datagrams, Link link) {
    sim.attach(one, new Talker(two, datagrams));
    Talker listener = sim.attach(two, new Talker(one, 0));
    sim.route(one, two, link);
    return listener;
  }

  private static List<String> chaos(long seed) {
    Simulation sim = new Simulation(seed);
    InetSocketAddress one = sim.address(1);
    InetSocketAddress two = sim.address(2);
    sim.attach(one, new Talker(two, 50));
    Talker listener = sim.attach(two, new Talker(one, 0));
    sim.bothWays(
        one,
        two,
        () ->
            new Link()
                .delay(ms(5))
                .jitter(ms(3))
                .loss(0.2)
                .duplicate(0.2)
                .reorder(0.2, ms(4))
                .corrupt(0.2)
                .truncate(0.1));
    sim.runFor(Duration.ofSeconds(1));
    return listener.heard;
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertEquals(chaos(3), chaos(3));
    assertFalse(chaos(3).equals(chaos(4)));
  }

  @Test
  void burstsHaveALongestLength() {
    Talker listener = listen(120, new Link().loss(1).longestBurst(3));
    sim.runFor(Duration.ofSeconds(1));
    assertEquals(30, listener.heard.size()); // every fourth
    assertEquals(List.of(3, 7, 11), listener.numbers().subList(0, 3));
  }

  @Test
  void delayAndRateAddUp() {
    // 100 bytes at 8 Mbit/s take 100 us each.
    Talker listener = listen(3, new Link().delay(ms(10)).rate(8_000_000));
    long start = sim.now();
    sim.run(ms(100), () -> listener.heard.size() == 3);
    assertEquals(10_300_000, sim.now() - start);
    assertEquals(List.of(0, 1, 2), listener.numbers());
  }

  @Test
  void aFullQueueDropsAndAnEcnQueueMarks() {
    Link link = new Link().rate(8_000_000).queue(500).markAbove(250);
    Talker listener = listen(10, link);
    sim.runFor(ms(100));
    assertEquals(List.of(0, 1, 2, 3, 4), listener.numbers());
    assertEquals(5, link.counts().overflowed);
    assertEquals(2, link.counts().marked);
    assertTrue(listener.heard.get(4).contains("/3 "));
  }

  @Test
  void aQueueOfPacketsTakesThemWhateverTheirSize() {
    Link link = new Link().rate(8_000_000).queuePackets(2);
    Talker listener = listen(5, link);
    sim.runFor(ms(100));
    assertEquals(List.of(0, 1), listener.numbers());
    assertEquals(200, link.counts().mostWaiting);
  }

  @Test
  void anotherRateHoldsForWhatComesLater() {
    Link link = new Link().rate(8_000);
    Talker listener = listen(1, link);
    long start = sim.now();
    sim.at(ms(50), () -> link.rate(8_000_000_000L));
    sim.run(ms(200), () -> listener.heard.size() == 1);
    assertEquals(100_000_000, sim.now() - start);
  }

  @Test
  void ratesFromTenKilobitsToTenGigabits() {
    for (long rate = 10_000; rate <= 10_000_000_000L; rate *= 10) {
      Simulation each = new Simulation(1);
      each.attach(one, new Talker(two, 10));
      Talker listener = each.attach(two, new Talker(one, 0));
      each.route(one, two, new Link().rate(rate).delay(Duration.ofHours(3)));
      each.run(Duration.ofHours(4), () -> listener.heard.size() == 10);
      assertEquals(
          Duration.ofHours(3).plusNanos(8_000_000_000_000L / rate), each.elapsed(), "" + rate);
    }
  }

  @Test
  void aBlackHoleTakesWhatEntersWhileItIsThere() {
    Link link = new Link().delay(ms(5));
    Talker listener = listen(1, link);
    Talker talker = sim.attach(sim.address(3), new Talker(two, 0));
    sim.route(sim.address(3), two, link);
    sim.at(ms(1), link::cut);
    sim.at(ms(2), () -> talker.toSend = 1);
    sim.at(ms(3), link::mend);
    sim.at(ms(4), () -> talker.toSend = 1);
    sim.runFor(ms(20));
    assertEquals(List.of(0, 1), listener.numbers());
    assertEquals(1, link.counts().lost);
  }

  @Test
  void aPathThatClearsEcn() {
    Talker listener = listen(1, new Link().rewriteEcn(ecn -> 0));
    sim.runFor(ms(1));
    assertTrue(listener.heard.getFirst().contains("/100/0 "));
  }

  @Test
  void oneClockLeapsAheadOfTheOther() {
    Talker listener = listen(1, new Link().delay(ms(5)));
    long due = sim.now() + 3_600_000_000_000L;
    listener.deadline = due;
    sim.leap(two, Duration.ofHours(1));
    assertEquals(due, sim.now(two));
    sim.runFor(ms(10));
    assertEquals(List.of(due), listener.deadlines);
    assertTrue(listener.heard.getFirst().startsWith("0@" + (due + 5_000_000)));
    assertTrue(sim.elapsed().toSeconds() < 1);
    assertThrows(IllegalArgumentException.class, () -> sim.leap(two, ms(-1)));
  }

  @Test
  void watchersSeeWhatIsSentAndWhatArrives() {
    List<String> seen = new ArrayList<>();
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            seen.add("sent " + datagram.bytes()[0]);
          }

          @Override
          public void arrived(long now, Datagram datagram) {
            seen.add("arrived " + datagram.bytes()[0]);
          }
        });
    listen(2, new Link().lossMask(1).delay(ms(1)));
    sim.runFor(ms(5));
    assertEquals(List.of("sent 0", "sent 1", "arrived 1"), seen);
  }

  @Test
  void masksDropByPosition() {
    Talker listener = listen(6, new Link().lossMask(0b010110));
    sim.runFor(ms(1));
    assertEquals(List.of(0, 3, 5), listener.numbers());
  }

  @Test
  void largeDatagramsVanishAtASmallMtu() {
    Link link = new Link().mtu(99);
    Talker listener = listen(2, link);
    sim.runFor(ms(1));
    assertEquals(List.of(), listener.numbers());
    assertEquals(2, link.counts().tooLarge);
  }

  @Test
  void jitterKeepsTheOrderAndReorderingDoesNot() {
    Talker listener = listen(100, new Link().delay(ms(5)).jitter(ms(50)));
    sim.runFor(Duration.ofSeconds(1));
    assertEquals(listener.numbers().stream().sorted().toList(), listener.numbers());

    Simulation other = new Simulation(1);
    other.attach(one, new Talker(two, 100));
    Talker disturbed = other.attach(two, new Talker(one, 0));
    other.route(one, two, new Link().rate(8_000_000).reorder(0.1, ms(2)));
    other.runFor(Duration.ofSeconds(1));
    assertEquals(100, disturbed.heard.size());
    assertFalse(disturbed.numbers().equals(disturbed.numbers().stream().sorted().toList()));
  }

  @Test
  void rebindingChangesWhereFromAndLosesTheWayBack() {
    Talker inner = sim.attach(one, new Talker(two, 1));
    Talker outer = sim.attach(two, new Talker(one, 0));
    sim.bothWays(one, two, () -> new Link().delay(ms(1)));
    sim.run(ms(10), () -> outer.heard.size() == 1);
    assertTrue(outer.heard.get(0).endsWith(" 4433"));

    InetSocketAddress fresh = sim.rebind(one, true);
    inner.toSend = 1;
    outer.toSend = 1;
    sim.runFor(ms(10));
    assertTrue(outer.heard.get(1).endsWith(" " + fresh.getPort()));
    assertEquals(0, inner.heard.size());

    Talker answer = new Talker(fresh, 1);
    sim.attach(sim.address(3), answer);
    sim.route(sim.address(3), one, new Link());
    sim.runFor(ms(10));
    assertEquals(1, inner.heard.size());
  }

  @Test
  void severalLinksInARowActOneAfterTheOther() {
    sim.attach(one, new Talker(two, 1));
    Talker listener = sim.attach(two, new Talker(one, 0));
    sim.route(one, two, new Link().delay(ms(3)), new Link().delay(ms(4)));
    long start = sim.now();
    sim.run(ms(100), () -> listener.heard.size() == 1);
    assertEquals(7_000_000, sim.now() - start);
  }

  @Test
  void aLeapOfTheClockDeliversWhatIsOverdue() {
    Talker listener = listen(1, new Link().delay(ms(5)));
    sim.runFor(ms(1));
    sim.leap(Duration.ofHours(1));
    sim.run(ms(1), () -> listener.heard.size() == 1);
    assertTrue(sim.elapsed().compareTo(Duration.ofHours(1)) > 0);
  }

  @Test
  void failuresNameTheSeed() {
    Talker listener = listen(0, new Link());
    AssertionError nothing = assertThrows(AssertionError.class, () -> sim.run(ms(1), () -> false));
    assertTrue(nothing.getMessage().contains("seed 7"), nothing.getMessage());
    assertTrue(nothing.getMessage().contains("nobody has a deadline"), nothing.getMessage());

    listener.chasing = true;
    AssertionError livelock = assertThrows(AssertionError.class, () -> sim.run(ms(1), () -> false));
    assertTrue(livelock.getMessage().contains("livelock"), livelock.getMessage());

    AssertionError thrown =
        assertThrows(
            AssertionError.class,
            () ->
                Simulation.seeds(
                    3,
                    each -> {
                      if (each.seed() == 2) {
                        throw new IllegalStateException("two");
                      }
                    }));
    assertTrue(thrown.getMessage().contains("-Dsluice.seed=2"), thrown.getMessage());
  }
}
