package dev.sluice.quic.io.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What leaves on which thread, in which order, and what becomes of it; datagrams are numbers. */
@Timeout(60)
class DatagramSenderTest {
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4433);

  private static final int WHOLE = DatagramSender.WHOLE;

  private final Semaphore wakeUps = new Semaphore(0);
  private final SendingThread thread = new SendingThread(wakeUps::release);
  private final Host host = new Host();
  private final List<String> refused = new ArrayList<>();
  private int progress;
  private int made;
  private final DatagramSender sender = newSender(host);

  /** Takes what it is told to. */
  private static final class Host implements DatagramSender.Output {
    final List<Integer> sent = new ArrayList<>();
    final List<Integer> marks = new ArrayList<>();
    final List<Thread> threads = new ArrayList<>();
    final Map<Integer, IOException> refusing = new HashMap<>();
    final Semaphore gate = new Semaphore(0);
    int gated = -1;
    int room = Integer.MAX_VALUE;
    int fullOnceAt = -1;
    boolean closed;

    @Override
    public void write(ByteBuffer datagram, InetSocketAddress to) throws IOException {
      int number = datagram.getInt(datagram.position());
      if (number == gated) {
        gate.acquireUninterruptibly();
      }
      IOException refusal = refusing.get(number);
      if (refusal instanceof PortUnreachableException) {
        refusing.remove(number); // told once
      }
      if (refusal != null) {
        throw refusal;
      }
      if (number == fullOnceAt) {
        fullOnceAt = -1;
      } else if (sent.size() < room) {
        datagram.position(datagram.limit());
        sent.add(number);
        threads.add(Thread.currentThread());
      }
    }

    @Override
    public void mark(int ecn) {
      marks.add(ecn);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @AfterEach
  void close() {
    host.gate.release(1000);
    thread.close();
  }

  private DatagramSender newSender(Host to) {
    return new DatagramSender(
        to,
        ByteBuffer.allocate(2048),
        thread,
        (batch, index, why) ->
            refused.add(
                ByteBuffer.wrap(batch.buffer()).getInt(batch.offset(index))
                    + (" of " + batch.sender(index) + ": " + why.getMessage())),
        () -> progress++);
  }

  private DatagramBatch batch(int count) {
    DatagramBatch batch = new DatagramBatch(count, 100);
    for (int i = 0; i < count; i++) {
      ByteBuffer.wrap(batch.buffer()).putInt(batch.nextOffset(), made);
      batch.add(4 + made++ % 90, null, PEER, 0);
    }
    batch.setSender(0, "a connection");
    return batch;
  }

  /** As a loop does: sends, and does with its batch what it likes. */
  private void send(int count) {
    DatagramBatch batch = batch(count);
    assertEquals(count, sender.send(batch, 0));
    batch.clear();
    ByteBuffer.wrap(batch.buffer()).putLong(0, -1);
  }

  /** What the loop does between its turns, until that many flights are back. */
  private void await(int flights) {
    wakeUps.acquireUninterruptibly(flights);
    thread.deliver();
  }

  private void assertSent(int count) {
    assertEquals(IntStream.range(0, count).boxed().toList(), host.sent);
  }

  @Test
  void smallBatchesLeaveWhereTheyAreMade() {
    for (int i = 0; i < 10; i++) {
      send(WHOLE - 1);
    }
    assertSent(10 * (WHOLE - 1));
    host.threads.forEach(by -> assertSame(Thread.currentThread(), by));
    assertEquals(0, wakeUps.availablePermits());
  }

  @Test
  void aWholeBatchLeavesWhileTheLoopGoesOn() {
    host.gated = 0;
    send(WHOLE);
    assertSent(0);
    host.gate.release();
    await(1);
    assertSent(WHOLE);
    host.threads.forEach(by -> assertNotSame(Thread.currentThread(), by));
    assertEquals(1, progress);
    send(1); // nothing is on its way any more
    assertSent(WHOLE + 1);
    assertSame(Thread.currentThread(), host.threads.getLast());
  }

  @Test
  void whatFollowsABatchOnItsWayStaysBehindIt() {
    host.gated = 5;
    send(WHOLE);
    send(3);
    assertEquals(0, sender.send(batch(2), 0), "two are on their way");
    assertFalse(sender.isStuck(), "it is not the system that has no room");
    host.gate.release();
    await(2);
    assertSent(WHOLE + 3);
    assertEquals(2, progress);
  }

  @Test
  void aBatchIsTakenFromWhereItIsToBegin() {
    assertEquals(WHOLE + 7, sender.send(batch(WHOLE + 7), 7));
    await(1);
    assertEquals(IntStream.range(7, WHOLE + 7).boxed().toList(), host.sent);
  }

  @Test
  void batchesOfAnySizeFollowEachOther() {
    int sent = 0;
    for (int count : new int[] {WHOLE, 500, 1, WHOLE, 501, 70}) {
      send(count);
      sent += count;
      if (count >= WHOLE) {
        await(1);
      }
    }
    assertSent(sent);
  }

  @Test
  void theLoopHearsOfWhatTheSystemRefuses() {
    host.refusing.put(3, new IOException("too large"));
    host.refusing.put(9, new PortUnreachableException("of an earlier one"));
    send(WHOLE);
    wakeUps.acquireUninterruptibly();
    assertEquals(List.of(), refused, "not on another thread");
    thread.deliver();
    assertEquals(
        List.of("3 of a connection: too large", "9 of a connection: of an earlier one"), refused);
    List<Integer> others = IntStream.range(0, WHOLE).filter(number -> number != 3).boxed().toList();
    assertEquals(others, host.sent);
  }

  @Test
  void marksAreSetWhenTheyChange() {
    DatagramBatch batch = new DatagramBatch(WHOLE, 100);
    for (int i = 0; i < WHOLE; i++) {
      batch.add(4, null, PEER, i < 10 ? 2 : 0);
    }
    sender.send(batch, 0);
    await(1);
    sender.send(batch, WHOLE - 1);
    assertEquals(List.of(2, 0), host.marks);
  }

  @Test
  void nothingPassesAFlightThatMetAFullBuffer() {
    host.fullOnceAt = 10;
    host.gated = 0;
    send(WHOLE);
    send(2);
    host.gate.release();
    await(2);
    assertSent(10);
    assertTrue(sender.isStuck());
    assertEquals(0, sender.send(batch(1), 0));
    made--;
    host.room = 20;
    sender.unstick();
    await(2);
    assertSent(20);
    assertTrue(sender.isStuck(), "full again");
    host.room = Integer.MAX_VALUE;
    sender.unstick();
    await(2);
    assertSent(WHOLE + 2);
    assertFalse(sender.isStuck());
    send(1);
    assertSent(WHOLE + 3);
  }

  @Test
  void aFullBufferIsToldOfASmallBatchAtOnce() {
    host.room = 2;
    DatagramBatch batch = batch(5);
    assertEquals(2, sender.send(batch, 0));
    assertTrue(sender.isStuck());
    host.room = 5;
    sender.unstick();
    assertFalse(sender.isStuck());
    assertEquals(5, sender.send(batch, 2));
    assertSent(5);
  }

  /** Two flights are all that a loop has, and who has nothing on its way needs none. */
  @Test
  void anotherSocketDoesNotWaitForThisOne() {
    host.gated = 0;
    send(WHOLE);
    send(WHOLE);
    Host otherHost = new Host();
    DatagramSender other = newSender(otherHost);
    assertEquals(WHOLE, other.send(batch(WHOLE), 0));
    assertEquals(WHOLE, otherHost.sent.size());
    assertSame(Thread.currentThread(), otherHost.threads.getFirst());
  }

  @Test
  void closesBehindWhatIsOnItsWay() {
    host.gated = 0;
    send(WHOLE);
    send(1);
    sender.close();
    sender.close();
    assertFalse(host.closed);
    host.gate.release();
    await(3); // the flights, and the end
    assertTrue(host.closed);
    assertSent(WHOLE + 1);
    assertEquals(0, progress, "nobody is told any more");
  }

  @Test
  void closesAtOnceWhenNothingIsOnItsWay() {
    host.room = 10;
    send(WHOLE);
    await(1);
    assertTrue(sender.isStuck());
    sender.close();
    assertTrue(host.closed);
    made = 0;
    host.sent.clear();
    host.room = Integer.MAX_VALUE;
    Host another = new Host();
    DatagramSender next = newSender(another);
    next.send(batch(WHOLE), 0);
    next.send(batch(WHOLE), 0);
    await(2);
    assertEquals(2 * WHOLE, another.sent.size(), "the flights are free again");
  }

  /** And nobody who closes waits for it longer than it takes. */
  @Test
  void theThreadEndsWithTheLoop() throws InterruptedException {
    send(WHOLE);
    thread.close();
    assertSent(WHOLE);
    Thread by = host.threads.getFirst();
    by.join();
    assertTrue(by.isDaemon());
    sender.close(); // what came back was never asked for
    assertTrue(host.closed);
  }

  @Test
  void theThreadEndsWhenItHasNothingToDoAndComesBack() throws InterruptedException {
    send(WHOLE);
    await(1);
    host.threads.getLast().join();
    send(WHOLE);
    await(1);
    assertSent(2 * WHOLE);
  }

  /** As where a container may have no more threads. */
  @Test
  void whereThereIsNoThreadTheLoopSends() {
    AtomicBoolean none = new AtomicBoolean(true);
    SendingThread missing =
        new SendingThread(
            wakeUps::release,
            task -> {
              if (none.get()) {
                throw new OutOfMemoryError("on purpose");
              }
              return new Thread(task);
            });
    DatagramSender alone =
        new DatagramSender(
            host, ByteBuffer.allocate(2048), missing, (in, i, why) -> {}, () -> progress++);
    for (int i = 0; i < 3; i++) {
      assertEquals(WHOLE, alone.send(batch(WHOLE), 0));
      missing.deliver();
    }
    assertSent(3 * WHOLE);
    assertTrue(alone.isDrained());
    host.threads.forEach(by -> assertSame(Thread.currentThread(), by));
    wakeUps.drainPermits();
    none.set(false);
    assertEquals(WHOLE, alone.send(batch(WHOLE), 0));
    wakeUps.acquireUninterruptibly();
    missing.deliver();
    assertSent(4 * WHOLE);
    assertNotSame(Thread.currentThread(), host.threads.getLast());
    missing.close();
  }

  /** One came back from a full buffer, and the one behind it is still on its way. */
  @Test
  void flightsAreFreeAgainWhereverTheyWereAtTheEnd() {
    Semaphore back = new Semaphore(0);
    Semaphore go = new Semaphore(0);
    SendingThread slow =
        new SendingThread(
            () -> {
              back.release();
              go.acquireUninterruptibly();
            });
    DatagramSender closing =
        new DatagramSender(host, ByteBuffer.allocate(2048), slow, (in, i, why) -> {}, () -> {});
    host.gated = 0;
    host.fullOnceAt = 10;
    closing.send(batch(WHOLE), 0);
    closing.send(batch(1), 0);
    host.gate.release();
    back.acquireUninterruptibly();
    slow.deliver();
    closing.close();
    go.release(3);
    back.acquireUninterruptibly(2); // the second, and the end
    slow.deliver();
    assertTrue(host.closed);
    assertNotNull(slow.take());
    assertNotNull(slow.take());
    slow.close();
  }
}
