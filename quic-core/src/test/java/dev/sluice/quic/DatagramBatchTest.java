package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a batch is told of its datagrams goes with them. */
class DatagramBatchTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  private static final InetSocketAddress REMOTE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);

  private static DatagramBatch batch(int count) {
    DatagramBatch batch = new DatagramBatch(count, 100);
    for (int i = 0; i < count; i++) {
      Arrays.fill(batch.buffer(), batch.nextOffset(), batch.nextOffset() + 10 + i, (byte) i);
      batch.add(10 + i, LOCAL, REMOTE, i % 4);
      batch.setSender(i, "sender " + i);
    }
    return batch;
  }

  private static byte[] datagram(DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    return Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(index));
  }

  @Test
  void appendsPartOfAnother() {
    DatagramBatch from = batch(8);
    DatagramBatch to = new DatagramBatch(10, 100);
    to.append(from, 0, 0);
    assertEquals(0, to.count());
    to.append(from, 7, 8);
    to.append(from, 2, 5);
    assertEquals(4, to.count());
    int[] which = {7, 2, 3, 4};
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(datagram(from, which[i]), datagram(to, i));
      assertEquals(LOCAL, to.local(i));
      assertEquals(REMOTE, to.remote(i));
      assertEquals(which[i] % 4, to.ecn(i));
      assertEquals("sender " + which[i], to.sender(i));
    }
  }

  @Test
  void refusesWhatThereIsNoRoomFor() {
    DatagramBatch from = batch(8);
    DatagramBatch few = new DatagramBatch(7, 100);
    assertThrows(IllegalArgumentException.class, () -> few.append(from, 0, 8));
    assertEquals(7, few.capacity());
    DatagramBatch small = new DatagramBatch(8, 10);
    assertThrows(IllegalArgumentException.class, () -> small.append(from, 0, 8));
    assertEquals(0, small.count());
  }
}
