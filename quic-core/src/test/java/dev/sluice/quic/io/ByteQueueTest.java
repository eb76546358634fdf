package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bytes between two threads. */
class ByteQueueTest {

  @Test
  void queueGivesBackWhatWentInAndHoldsItsBound() {
    Random random = new Random(1);
    ByteQueue queue = new ByteQueue(200_000, new ChunkReturn(16));
    byte[] data = new byte[3_000_000];
    random.nextBytes(data);
    byte[] back = new byte[data.length];
    int in = 0;
    int out = 0;
    while (out < data.length) {
      in += queue.write(data, in, Math.min(random.nextInt(150_000), data.length - in));
      assertTrue(queue.size() <= 200_000);
      assertEquals(in - out, queue.size());
      if (random.nextBoolean()) {
        out += queue.read(back, out, Math.min(random.nextInt(150_000), back.length - out));
      } else {
        ByteBuffer taken = queue.take();
        if (taken != null) {
          int n = taken.remaining();
          taken.get(back, out, n);
          out += n;
        }
      }
    }
    assertArrayEquals(data, back);
    assertNull(queue.take());
  }

  @Test
  void lentBytesStayWhereTheyLieAndFewAreCopied() {
    ByteQueue queue = new ByteQueue(10_000, new ChunkReturn(16));
    byte[] data = new byte[6000];
    new Random(2).nextBytes(data);
    assertEquals(6000, queue.lend(data, 0, 6000));
    assertEquals(500, queue.lend(data, 100, 500));
    assertEquals(3500, queue.lend(data, 0, 6000));
    List<byte[]> arrays = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    assertTrue(
        queue.handTo(
            (array, offset, length, home) -> {
              arrays.add(array);
              contents.add(Arrays.copyOfRange(array, offset, offset + length));
              assertNull(home);
              return length;
            }));
    assertSame(data, arrays.get(0));
    assertNotSame(data, arrays.get(1));
    assertSame(data, arrays.get(2));
    assertArrayEquals(data, contents.get(0));
    assertArrayEquals(Arrays.copyOfRange(data, 100, 600), contents.get(1));
    assertArrayEquals(Arrays.copyOf(data, 3500), contents.get(2));
  }

  @Test
  void queueDrainsIntoASinkThatTakesLittle() {
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
    byte[] data = new byte[100_000];
    new Random(2).nextBytes(data);
    assertEquals(data.length, queue.write(data, 0, data.length));
    byte[] back = new byte[data.length];
    int[] out = {0};
    ByteQueue.Sink sink =
        (source, offset, length) -> {
          int n = Math.min(length, 777);
          System.arraycopy(source, offset, back, out[0], n);
          out[0] += n;
          return n;
        };
    int rounds = 0;
    while (!queue.drainTo(sink)) {
      rounds++;
    }
    assertTrue(rounds > 100);
    assertArrayEquals(data, back);
  }

  /** What was handed over stays as it is, and is filled again only when it has come back. */
  @Test
  void arraysThatWereHandedOverAreFilledAgainOnceTheyComeBack() {
    Random random = new Random(3);
    ByteQueue queue = new ByteQueue(300_000, new ChunkReturn(16));
    byte[] data = new byte[6_000_000];
    random.nextBytes(data);
    Set<byte[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    record Piece(byte[] array, int from, int at, int length, ReturnedChunks home) {}
    ArrayDeque<Piece> held = new ArrayDeque<>();
    int[] out = {0};
    ByteQueue.Adopter adopter =
        (array, from, length, home) -> {
          int n = random.nextInt(length + 1);
          seen.add(array);
          ReturnedChunks goesTo = n == length ? home : null;
          if (n < SendBuffer.LEAST_ADOPTED && goesTo == null) {
            byte[] copy = Arrays.copyOfRange(array, from, from + n);
            held.add(new Piece(copy, 0, out[0], n, null));
          } else {
            held.add(new Piece(array, from, out[0], n, goesTo));
          }
          out[0] += n;
          return n;
        };
    for (int in = 0; out[0] < data.length; ) {
      in += queue.write(data, in, Math.min(random.nextInt(90_000), data.length - in));
      queue.handTo(adopter);
      while (held.size() > 4) {
        Piece piece = held.poll();
        assertArrayEquals(
            Arrays.copyOfRange(data, piece.at, piece.at + piece.length),
            Arrays.copyOfRange(piece.array, piece.from, piece.from + piece.length));
        if (piece.home != null) {
          piece.home.give(piece.array);
        }
      }
    }
    assertTrue(seen.size() < 40, seen.size() + " arrays for what fits into 92");
  }

  /** As where the header of a DATA frame lies between what was taken and the rest. */
  @Test
  void anArrayOfWhichAPartWasTakenDoesNotGoHomeWithAnother() {
    ChunkReturn home = new ChunkReturn(128);
    byte[] array = new byte[100];
    for (boolean taken : new boolean[] {true, false}) {
      ByteQueue queue = new ByteQueue(1000);
      int[] parts = {0};
      queue.fill(
          (most, to) -> {
            switch (parts[0]++) {
              case 0 -> to.take(array, 0, 40, null);
              case 1 -> to.take(array, 45, 55, home);
              default -> {
                return 0;
              }
            }
            return 1;
          });
      if (taken) {
        assertEquals(40, queue.take().remaining());
      } else {
        assertEquals(40, queue.read(new byte[40], 0, 40));
      }
      queue.clear();
      assertEquals(taken ? null : array, home.poll());
    }
  }

  /** Of what somebody took for good, no array comes back. */
  @Test
  void whatWasTakenIsNotHandedOverWithAHome() {
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
    byte[] data = new byte[1 << 18];
    queue.write(data, 0, data.length);
    while (queue.take().array().length < 1 << 16) {
      // up to the first array of the largest size
    }
    queue.write(data, 0, 1000);
    List<ReturnedChunks> homes = new ArrayList<>();
    queue.handTo(
        (array, from, length, home) -> {
          homes.add(home);
          return length;
        });
    assertTrue(homes.getFirst() != null);
    assertNull(homes.getLast());
  }

  /** Arrays that were read to their end go home, those that somebody has taken do not. */
  @Test
  void arraysGoHomeWhenNobodyNeedsThem() {
    ChunkReturn home = new ChunkReturn(128);
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
    byte[][] arrays = {new byte[100], new byte[100], new byte[100], new byte[100]};
    int[] next = {0};
    queue.fill(
        (most, to) -> {
          int i = next[0]++;
          if (i == 8) {
            return 0;
          }
          to.take(arrays[i / 2], 50 * (i % 2), 50, i % 2 == 0 ? null : home);
          return 50;
        });
    assertEquals(400, queue.size());
    byte[] target = new byte[400];
    assertEquals(50, queue.read(target, 0, 50));
    assertNull(home.poll());
    assertEquals(50, queue.read(target, 0, 50));
    assertSame(arrays[0], home.poll());
    assertSame(arrays[1], queue.take().array());
    assertNull(home.poll());
    List<ByteBuffer> seen = new ArrayList<>();
    assertEquals(200, queue.peek(9, seen));
    assertEquals(2, seen.size());
    queue.skip(150);
    assertSame(arrays[2], home.poll());
    assertNull(home.poll());
    queue.clear();
    assertSame(arrays[3], home.poll());
    assertEquals(0, queue.size());
  }

  @Test
  void anArrayOfWhichSomethingWasTakenIsNotUsedAgain() {
    ChunkReturn home = new ChunkReturn(128);
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
    byte[] array = new byte[100];
    int[] next = {0};
    ByteQueue.Source source =
        (most, to) -> {
          if (next[0] % 2 == 1) {
            next[0]++;
            return 0;
          }
          to.take(array, 25 * next[0], 50, next[0] == 0 ? null : home);
          next[0]++;
          return 50;
        };
    queue.fill(source);
    assertEquals(50, queue.take().remaining());
    queue.fill(source);
    queue.clear();
    assertNull(home.poll());
  }

  /** A file's bytes lie between its reader and the stream nowhere else. */
  @Test
  void whatIsFilledInIsHandedOverInTheArraysThatWereFilled() throws IOException {
    byte[] data = new byte[300_001];
    new Random(5).nextBytes(data);
    for (int length : new int[] {1, 255, 257, 65_535, 65_536, 65_537, 131_072, data.length}) {
      ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
      queue.write(data, 0, 3);
      Set<byte[]> filled = Collections.newSetFromMap(new IdentityHashMap<>());
      ByteBuffer rest = ByteBuffer.wrap(data, 0, length);
      ByteQueue.Filler filler =
          room -> {
            filled.add(room.array());
            int n = Math.min(room.remaining(), rest.remaining());
            room.put(rest.slice().limit(n));
            rest.position(rest.position() + n);
            return n;
          };
      while (rest.hasRemaining()) {
        assertTrue(queue.write(filler, rest.remaining()) > 0);
      }
      ByteBuffer back = ByteBuffer.allocate(3 + length);
      assertTrue(
          queue.handTo(
              (array, from, n, home) -> {
                assertTrue(filled.contains(array));
                back.put(array, from, n);
                return n;
              }));
      assertEquals(0, back.remaining());
      assertArrayEquals(Arrays.copyOf(data, 3), Arrays.copyOf(back.array(), 3));
      assertArrayEquals(
          Arrays.copyOf(data, length), Arrays.copyOfRange(back.array(), 3, 3 + length));
      assertTrue(filled.size() <= 2 + length / 65_536, filled.size() + " arrays for " + length);
    }
  }

  @Test
  void aFillerIsAskedForNoMoreThanThereIsRoomForAndMayFail() throws IOException {
    ByteQueue queue = new ByteQueue(1000, new ChunkReturn(16));
    IOException broken = new IOException("broken on purpose");
    ByteQueue.Filler half =
        room -> {
          int n = (room.remaining() + 1) / 2;
          room.put(new byte[n]);
          return n;
        };
    assertEquals(300, queue.write(half, 600));
    assertSame(
        broken,
        assertThrows(
            IOException.class,
            () ->
                queue.write(
                    room -> {
                      throw broken;
                    },
                    10)));
    assertEquals(300, queue.size());
    long before = 0;
    while (queue.size() > before) {
      before = queue.size();
      queue.write(half, Long.MAX_VALUE);
    }
    assertEquals(1000, queue.size());
    assertEquals(1000, queue.read(new byte[2000], 0, 2000));
  }
}
