package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    Application application = new Application(peer);

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
    assertEquals(1, application.connectionEnded);
  }

  /** Takes events and reads, in portions of any size, and keeps a log for each stream. */
  private static final class Application {
    private final RawPeer peer;
    private final List<RequestStream> known = new ArrayList<>();
    private final Map<Long, List<String>> logs = new HashMap<>();
    private int connectionEnded;

    Application(RawPeer peer) {
      this.peer = peer;
    }

    List<String> log(long id) {
      return logs.getOrDefault(id, List.of());
    }

    private void say(RequestStream stream, String what) {
      logs.computeIfAbsent(stream.id(), id -> new ArrayList<>()).add(what);
    }

    void act(Random random) {
      takeEvents();
      for (RequestStream stream : List.copyOf(known)) {
        if (random.nextInt(3) == 0) {
          read(stream, 1 + random.nextInt(50));
        }
      }
    }

    void readToTheEnd() {
      takeEvents();
      for (RequestStream stream : List.copyOf(known)) {
        for (int i = 0; read(stream, 7) > 0; i++) {
          if (i > 10_000) {
            throw new AssertionError("it never ends");
          }
        }
        assertEquals(RequestStream.ENDED, stream.readData(new byte[1], 0, 1));
      }
      takeEvents();
    }

    private int read(RequestStream stream, int length) {
      byte[] buffer = new byte[length];
      int read = stream.readData(buffer, 0, length);
      for (int i = 0; i < read; i++) {
        say(stream, "byte " + buffer[i]);
      }
      takeEvents();
      return read;
    }

    private void takeEvents() {
      for (Http3Event event = peer.connection.nextEvent();
          event != null;
          event = peer.connection.nextEvent()) {
        switch (event) {
          case Http3Event.Request(RequestStream stream, var head) -> {
            known.add(stream);
            say(stream, "head " + head.fields().first(ScriptedMessage.MARK));
          }
          case Http3Event.Response(RequestStream stream, var head) -> {
            known.add(stream);
            say(stream, "head " + head.fields().first(ScriptedMessage.MARK));
          }
          case Http3Event.Informational(RequestStream stream, var head) ->
              say(stream, "informational " + head.fields().first(ScriptedMessage.MARK));
          case Http3Event.Trailers(RequestStream stream, var fields) ->
              say(stream, "trailers " + fields.first(ScriptedMessage.MARK));
          case Http3Event.RequestEnded(RequestStream stream, RequestEnding how) -> {
            assertEquals(how, stream.ending());
            say(stream, "ended " + how);
          }
          case Http3Event.ConnectionEnded over -> connectionEnded++;
          default -> {}
        }
      }
    }
  }
}
