package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.quic.wire.WireWriter;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The ring against a sorted map. */
class SentPacketsTest {
  private record Entry(int state, int size, long sentTime, long lostTime) {}

  @Property(tries = 300)
  void behavesLikeASortedMap(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SentPackets ring = new SentPackets();
    TreeMap<Long, Entry> model = new TreeMap<>();
    long now = 0;
    for (int i = 0; i < 2000; i++) {
      now++;
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          long number = ring.end() + (random.nextInt(10) == 0 ? random.nextInt(5) : 0);
          ring.add(number, null, i, contents(new RecoveryToken.Ping(), number, i % 3), now);
          model.put(number, new Entry(SentPackets.OUTSTANDING, i, now, 0));
        }
        case 3 -> {
          long from = ring.first() + random.nextInt(100);
          long found = ring.nextOpen(from, from + random.nextInt(200));
          if (found >= 0) {
            ring.markAcked(found);
            assertNull(ring.token(found));
            model.remove(found);
          }
        }
        case 4 -> {
          long found = ring.nextOutstanding(ring.first() + random.nextInt(3));
          if (found >= 0) {
            ring.markLost(found, now);
            Entry entry = model.get(found);
            model.put(found, new Entry(SentPackets.LOST, entry.size, entry.sentTime, now));
          }
        }
        default -> {
          ring.forget(now - 50);
          while (!model.isEmpty()
              && model.firstEntry().getValue().state == SentPackets.LOST
              && model.firstEntry().getValue().lostTime < now - 50) {
            model.pollFirstEntry();
          }
        }
      }
      check(ring, model, random);
    }
  }

  /** A packet with a token, and so many ranges that tell the packet number and their own. */
  private static PacketContents contents(RecoveryToken token, long number, int ranges) {
    PacketContents contents = new PacketContents();
    contents.begin(new WireWriter(new byte[0], 0, 0));
    contents.added(token, true);
    for (int i = 0; i < ranges; i++) {
      contents.addedStream(number, i, 100 + i, i == 1);
    }
    return contents;
  }

  private static void checkRanges(SentPackets ring, long number, int ranges) {
    StreamRanges streams = ring.streams();
    long from = ring.streamsFrom(number);
    assertEquals(ranges, ring.streamsEnd(number) - from);
    for (int i = 0; i < ranges; i++) {
      assertEquals(number, streams.streamId(from + i));
      assertEquals(i, streams.offset(from + i));
      assertEquals(100 + i, streams.length(from + i));
      assertEquals(i == 1, streams.fin(from + i));
    }
  }

  private static void check(SentPackets ring, TreeMap<Long, Entry> model, SplittableRandom random) {
    long from = Math.max(0, ring.first() - 5 + random.nextInt(150));
    long to = from + random.nextInt(150);
    Long expected = model.ceilingKey(from);
    assertEquals(
        expected == null || expected > to ? -1 : expected, ring.nextOpen(from, to), "next open");
    assertEquals(
        model.entrySet().stream()
            .filter(entry -> entry.getValue().state == SentPackets.OUTSTANDING)
            .mapToLong(java.util.Map.Entry::getKey)
            .findFirst()
            .orElse(-1),
        ring.firstOutstanding());
    if (expected != null) {
      Entry entry = model.get(expected);
      assertEquals(entry.state, ring.state(expected));
      assertEquals(entry.size, ring.size(expected));
      assertEquals(entry.sentTime, ring.sentTime(expected));
      checkRanges(ring, expected, entry.size % 3);
    }
  }

  @Test
  void aLongStretchInFlightKeepsItsDetails() {
    SentPackets ring = new SentPackets();
    for (int i = 0; i < 100_000; i++) {
      ring.add(i, null, i, contents(new RecoveryToken.MaxStreamData(i), i, 1), -i);
    }
    assertEquals(0, ring.first());
    for (int i = 0; i < 100_000; i++) {
      assertEquals(i, ring.size(i));
      assertEquals(-i, ring.sentTime(i));
      assertEquals(new RecoveryToken.MaxStreamData(i), ring.token(i));
      checkRanges(ring, i, 1);
      ring.markAcked(i);
      ring.forget(0);
      assertEquals(i + 1, ring.first());
    }
    assertEquals(SentPackets.GONE, ring.state(5));
  }
}
