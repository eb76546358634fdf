package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * For any messages on several streams, cut anywhere, delivered in any order among the streams, with
 * the end at any point, the application sees exactly what a plain reference model says.
 */
class DeliverThenReportProperty {
  private static final int STREAMS = 3;
  private static final long RESET_CODE = 0x10c;

  @Provide
  Arbitrary<List<ScriptedMessage.Item>> items() {
    return Arbitraries.of(ScriptedMessage.Item.class).list().ofMaxSize(12);
  }

  @Provide
  Arbitrary<ConnectionEnding> endings() {
    return Arbitraries.of(
        new ApplicationClose(Side.PEER, 0x100, ""),
        new ApplicationClose(Side.LOCAL, 0x100, ""),
        new ConnectionEnding.TransportClose(Side.PEER, 0, 0, ""),
        new ConnectionEnding.IdleTimeout(1),
        new ConnectionEnding.StatelessReset());
  }

  @Property(tries = 1000)
  void theApplicationSeesWhatArrivedAndThenTheEnding(
      @ForAll boolean client,
      @ForAll("items") List<ScriptedMessage.Item> items,
      @ForAll("endings") ConnectionEnding ending,
      @ForAll @IntRange(min = 0, max = 40) int deliveries,
      @ForAll long seed) {
    Random random = new Random(seed);
    RawPeer peer = client ? RawPeer.ofClient() : RawPeer.ofServer();
    ScriptedPeer script = new ScriptedPeer(client, items, STREAMS, random);
    List<MemorySendStream> streams = script.open(peer);
    LoggingApplication application = new LoggingApplication(peer.connection);

    for (int i = 0; i < deliveries; i++) {
      script.deliverSome(random);
      if (random.nextInt(3) > 0) {
        peer.connection.process();
      }
      application.act(random);
    }
    boolean[] reset = new boolean[STREAMS];
    for (int i = 0; i < STREAMS; i++) {
      reset[i] = random.nextInt(5) == 0 && script.mayReset(i);
      if (reset[i]) {
        streams.get(i).reset(RESET_CODE);
        script.deliverEnd(i);
      }
    }
    peer.own.end(ending);
    if (random.nextBoolean()) {
      application.act(random);
    }
    peer.connection.process();
    application.readToTheEnd();

    for (int i = 0; i < STREAMS; i++) {
      long id = streams.get(i).id();
      List<String> expected = script.model(i, reset[i] ? RESET_CODE : null, ending).expected();
      assertEquals(expected, application.log(id), "stream " + id);
    }
    assertEquals(ending, peer.own.ending());
    assertEquals(1, application.connectionEnded());
  }
}
