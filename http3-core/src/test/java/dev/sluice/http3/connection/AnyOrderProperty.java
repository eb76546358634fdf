package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.QpackDecoder;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * For any messages, cut anywhere into STREAM frames that a live QUIC connection receives in any
 * order, with any loss and repetition, and a CONNECTION_CLOSE behind any of them, which may come
 * before the last, the application sees exactly what a plain reference model says of the bytes that
 * came without a gap.
 */
class AnyOrderProperty {
  private static final int STREAMS = 2;

  /** A message on its way in pieces. */
  private static final class Cut {
    final ScriptedMessage message;
    final byte[] bytes;
    final BitSet arrived = new BitSet();
    boolean finArrived;

    Cut(ScriptedMessage message) {
      this.message = message;
      this.bytes = message.bytes();
    }

    List<StreamFrame> frames(long id, Random random) {
      List<StreamFrame> frames = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int to = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 150));
        // Now and then with what the last one had already.
        int from = Math.max(0, at - random.nextInt(3));
        frames.add(frame(id, from, to, message.fin() && to == bytes.length));
        at = to;
      }
      return frames;
    }

    private StreamFrame frame(long id, int from, int to, boolean fin) {
      return new StreamFrame(id, from, Bytes.of(Arrays.copyOfRange(bytes, from, to)), fin);
    }

    void note(StreamFrame frame) {
      int from = (int) frame.offset();
      arrived.set(from, from + frame.data().length());
      finArrived |= frame.fin();
    }

    List<String> expected(boolean client, ConnectionEnding ending) {
      if (!client && arrived.isEmpty()) {
        return List.of();
      }
      int contiguous = arrived.nextClearBit(0);
      return message.seen(
          contiguous,
          finArrived && contiguous == bytes.length,
          new QpackDecoder(0, 0, 1 << 20),
          null,
          ending);
    }
  }

  @Provide
  Arbitrary<List<ScriptedMessage.Item>> items() {
    return Arbitraries.of(ScriptedMessage.Item.class).list().ofMaxSize(8);
  }

  @Property(tries = 100)
  void theApplicationSeesWhatArrivedWithoutAGap(
      @ForAll boolean client,
      @ForAll("items") List<ScriptedMessage.Item> items,
      @ForAll @IntRange(min = 0, max = 60) int mostFrames,
      @ForAll @IntRange(min = 0, max = 3) int lossInTen,
      @ForAll long seed) {
    Random random = new Random(seed);
    LivePair pair = new LivePair();
    LivePair.Side live = client ? pair.client : pair.server;
    LivePair.Side peer = client ? pair.server : pair.client;
    LoggingApplication application = new LoggingApplication(live.http);
    List<Cut> cuts = new ArrayList<>();
    List<StreamFrame> frames = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      if (client) {
        live.http.openRequest(Pair.get("/"), true);
      }
      QpackEncoder encoder = new QpackEncoder(new EncoderLimits(0, 0));
      cuts.add(new Cut(new ScriptedMessage(client, items, i, encoder, random)));
      frames.addAll(cuts.get(i).frames(4L * i, random));
    }
    frames.removeIf(lost -> random.nextInt(10) < lossInTen);
    if (random.nextBoolean()) {
      Collections.shuffle(frames, random);
    }

    List<Frame> datagram = new ArrayList<>();
    byte[] late = null;
    for (StreamFrame frame : frames.subList(0, Math.min(mostFrames, frames.size()))) {
      datagram.add(frame);
      cuts.get((int) (frame.streamId() / 4)).note(frame);
      if (datagram.size() == 5 || random.nextInt(3) == 0) {
        if (late != null) {
          pair.deliver(live, late);
        }
        late = pair.from(peer, List.copyOf(datagram));
        datagram.clear();
        if (random.nextBoolean()) {
          live.http.process();
          application.act(random);
        }
      }
    }
    datagram.add(new ConnectionCloseFrame(true, 0x100, 0, "bye"));
    List<byte[]> last = new ArrayList<>();
    last.add(pair.from(peer, datagram));
    if (late != null) {
      last.add(random.nextInt(2), late);
    }
    pair.deliver(live, last.toArray(byte[][]::new));
    live.http.process();
    application.readToTheEnd();

    ConnectionEnding ending = new ConnectionEnding.ApplicationClose(Side.PEER, 0x100, "bye");
    for (int i = 0; i < STREAMS; i++) {
      assertEquals(cuts.get(i).expected(client, ending), application.log(4L * i), "stream " + i);
    }
    assertEquals(1, application.connectionEnded());
  }
}
