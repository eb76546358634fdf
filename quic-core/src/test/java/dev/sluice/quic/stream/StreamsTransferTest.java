package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.testkit.Requirement;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/** Two ends over a bad network: the receiver sees exactly what was sent. */
class StreamsTransferTest {
  /** Small, so that every limit is met all the time. */
  private static final StreamConfig TIGHT =
      new StreamConfig(new StreamLimits(3000, 1000, 1500, 700, 4, 3), 5000, 9000, 900, 4000);

  /** Byte {@code i} of stream {@code id}, so that a byte out of place shows. */
  private static byte content(long id, long i) {
    return (byte) (i * 31 + (i >> 8) + id * 7 + 1);
  }

  private static final class Reader {
    final RecvStream stream;
    long offset;
    boolean ended;
    final Random random;
    final byte[] target = new byte[800];

    Reader(RecvStream stream, Random random) {
      this.stream = stream;
      this.random = random;
    }

    void read() {
      int n = stream.read(target, 0, 1 + random.nextInt(target.length));
      for (int i = 0; i < n; i++) {
        assertEquals(content(stream.id(), offset++), target[i]);
      }
      ended |= n == RecvStream.ENDED;
    }
  }

  private static final class Writer {
    final SendStream stream;
    final long total;
    long offset;
    boolean finished;
    Long reset;

    Writer(SendStream stream, long total) {
      this.stream = stream;
      this.total = total;
    }

    void write() {
      if (finished || stream.ending() != null) {
        return;
      }
      byte[] chunk = new byte[(int) Math.min(total - offset, 600)];
      for (int i = 0; i < chunk.length; i++) {
        chunk[i] = content(stream.id(), offset + i);
      }
      offset += stream.write(chunk, 0, chunk.length);
      if (offset == total) {
        finished = true;
        stream.finish();
      }
    }
  }

  private final Map<Long, Writer> clientWriters = new HashMap<>();
  private final Map<Long, Writer> serverWriters = new HashMap<>();
  private final Map<Long, Reader> clientReaders = new HashMap<>();
  private final Map<Long, Reader> serverReaders = new HashMap<>();

  /** One instance serves all tries of a property. */
  @BeforeTry
  void forgetTheLastTry() {
    clientWriters.clear();
    serverWriters.clear();
    clientReaders.clear();
    serverReaders.clear();
  }

  private void adopt(
      StreamsEnd end, Map<Long, Reader> readers, Map<Long, Writer> writers, Random r) {
    end.received.forEach((id, recv) -> readers.computeIfAbsent(id, i -> new Reader(recv, r)));
    end.answers.forEach(
        (id, send) -> writers.computeIfAbsent(id, i -> new Writer(send, r.nextInt(6000))));
  }

  private void open(StreamsEnd client, Random random) {
    if (random.nextBoolean()) {
      BidiStream stream = client.streams.openBidi();
      if (stream != null) {
        clientWriters.put(stream.id(), new Writer(stream.send(), random.nextInt(6000)));
        clientReaders.put(stream.id(), new Reader(stream.recv(), random));
      }
    } else {
      SendStream stream = client.streams.openUni();
      if (stream != null) {
        clientWriters.put(stream.id(), new Writer(stream, random.nextInt(6000)));
      }
    }
  }

  private void work(StreamsPump pump, Random random) {
    adopt(pump.server, serverReaders, serverWriters, random);
    clientWriters.values().forEach(Writer::write);
    serverWriters.values().forEach(Writer::write);
    clientReaders.values().forEach(Reader::read);
    serverReaders.values().forEach(Reader::read);
  }

  @Property(tries = 200)
  @Requirement({"RFC9000-2.2#1", "RFC9000-4.1#1", "RFC9000-4.6#2", "RFC9000-19.10#3"})
  void everyByteArrivesInOrder(@ForAll long seed, @ForAll @IntRange(max = 40) int loss) {
    Random random = new Random(seed);
    StreamsPump pump = new StreamsPump(random, loss, TIGHT);
    for (int turn = 0; turn < 60; turn++) {
      if (turn < 30) {
        open(pump.client, random);
      }
      work(pump, random);
      pump.turn();
    }
    finish(pump, random);
    assertEquals(clientWriters.size(), serverReaders.size());
    clientWriters.forEach((id, writer) -> assertComplete(writer, serverReaders.get(id)));
    serverWriters.forEach((id, writer) -> assertComplete(writer, clientReaders.get(id)));
    assertEquals(0, pump.client.pool.taken());
    assertEquals(0, pump.server.pool.taken());
  }

  private static void assertComplete(Writer writer, Reader reader) {
    assertEquals(new StreamEnding.Finished(), writer.stream.ending());
    assertEquals(new StreamEnding.Finished(), reader.stream.ending());
    assertEquals(writer.total, reader.offset);
  }

  /** Lets both ends write and read until every stream has come to its end. */
  private void finish(StreamsPump pump, Random random) {
    for (int round = 0; round < 400 && !isFinished(); round++) {
      work(pump, random);
      pump.settleAll();
    }
    assertTrue(isFinished(), "a stream never ended");
  }

  private boolean isFinished() {
    return clientWriters.values().stream().allMatch(w -> w.stream.ending() != null)
        && serverWriters.values().stream().allMatch(w -> w.stream.ending() != null)
        && serverReaders.size() == clientWriters.size()
        && clientReaders.values().stream().allMatch(r -> r.ended)
        && serverReaders.values().stream().allMatch(r -> r.ended);
  }

  @Property(tries = 200)
  @Requirement({"RFC9000-3.5#2", "RFC9000-4.5#1", "RFC9000-4.5#2"})
  void resetsAndStopsLeaveNothingBehind(@ForAll long seed, @ForAll @IntRange(max = 40) int loss) {
    Random random = new Random(seed);
    StreamsPump pump = new StreamsPump(random, loss, TIGHT);
    for (int turn = 0; turn < 80; turn++) {
      if (turn < 40) {
        open(pump.client, random);
      }
      work(pump, random);
      abandon(clientWriters, clientReaders, random);
      abandon(serverWriters, serverReaders, random);
      pump.turn();
    }
    finish(pump, random);
    clientWriters.forEach((id, w) -> assertAgree(w, serverReaders.get(id)));
    serverWriters.forEach((id, w) -> assertAgree(w, clientReaders.get(id)));
    assertEquals(0, pump.client.pool.taken());
    assertEquals(0, pump.server.pool.taken());
    assertNotNull(pump.client.streams.openBidi(), "closed streams make room for new ones");
    SendStream probe = pump.client.streams.openUni();
    assertNotNull(probe);
    assertEquals(700, probe.write(new byte[700], 0, 700));
    pump.settleAll();
    RecvStream arrived = pump.server.received.get(probe.id());
    assertEquals(700, arrived.available(), "all credit of the connection has come back");
  }

  private static void abandon(Map<Long, Writer> writers, Map<Long, Reader> readers, Random random) {
    for (Writer writer : writers.values()) {
      if (random.nextInt(40) == 0 && writer.stream.ending() == null) {
        writer.stream.reset(1000 + writer.stream.id());
        writer.reset = 1000 + writer.stream.id();
      }
    }
    for (Reader reader : readers.values()) {
      if (random.nextInt(40) == 0) {
        reader.stream.stopSending(2000 + reader.stream.id());
      }
    }
  }

  private static void assertAgree(Writer writer, Reader reader) {
    long id = writer.stream.id();
    StreamEnding sent = writer.stream.ending();
    switch (reader.stream.ending()) {
      case StreamEnding.Finished() -> assertEquals(writer.total, reader.offset);
      case StreamEnding.ResetByPeer(long code) -> {
        assertEquals(writer.reset, code);
        assertEquals(new StreamEnding.AbandonedLocally(code), sent);
      }
      case StreamEnding.AbandonedLocally(long code) -> {
        assertEquals(2000 + id, code);
        if (sent instanceof StreamEnding.StoppedByPeer(long stopped)) {
          assertEquals(code, stopped);
        }
      }
      default -> throw new AssertionError(reader.stream.ending());
    }
  }

  /** The connection ends in the middle: each reader still gets all that arrived in order. */
  @Property(tries = 200)
  void whatArrivedBeforeTheEndIsDelivered(
      @ForAll long seed,
      @ForAll @IntRange(max = 40) int loss,
      @ForAll @IntRange(min = 1, max = 60) int turns) {
    Random random = new Random(seed);
    StreamsPump pump = new StreamsPump(random, loss, TIGHT);
    for (int turn = 0; turn < turns; turn++) {
      open(pump.client, random);
      clientWriters.values().forEach(Writer::write);
      if (random.nextInt(3) == 0) {
        adopt(pump.server, serverReaders, serverWriters, random);
        serverReaders.values().forEach(Reader::read);
      }
      pump.turn();
    }
    Map<Long, Integer> held = new HashMap<>();
    pump.server.received.forEach((id, recv) -> held.put(id, recv.available()));
    ConnectionEnding ending = new ConnectionEnding.StatelessReset();
    pump.server.streams.end(ending);
    adopt(pump.server, serverReaders, serverWriters, random);
    serverReaders.forEach(
        (id, reader) -> {
          long before = reader.offset;
          for (int reads = 0; !reader.ended; reads++) {
            reader.read();
            assertTrue(reads < 10_000, "it always ends");
          }
          assertEquals(held.get(id), (int) (reader.offset - before));
          boolean complete = reader.offset == clientWriters.get(id).total;
          if (!complete) {
            assertEquals(new StreamEnding.ConnectionEnded(ending), reader.stream.ending());
          }
        });
    assertEquals(0, pump.server.pool.taken());
  }
}
