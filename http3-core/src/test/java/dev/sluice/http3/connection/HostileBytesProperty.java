package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Any bytes on any stream are tolerated, cost the stream, or close the connection with a code of
 * HTTP/3 or QPACK; nothing else ever happens.
 */
class HostileBytesProperty {
  private enum Where {
    CONTROL,
    CONTROL_AFTER_SETTINGS,
    PUSH,
    ENCODER,
    DECODER,
    UNTYPED,
    REQUEST,
    REQUEST_AFTER_HEAD
  }

  @Provide
  Arbitrary<Where> places() {
    return Arbitraries.of(Where.class);
  }

  /** Random bytes, and pieces that mean something, in any order. */
  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<byte[]> junk = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<byte[]> sense =
        Arbitraries.of(
            RawPeer.getHeaders(),
            RawPeer.headers(":status", "200"),
            RawPeer.headers(":status", "103"),
            RawPeer.headers("a", "b"),
            RawPeer.data(7),
            RawPeer.frame(0x04),
            RawPeer.frame(0x07, 4),
            RawPeer.frame(0x0d, 4),
            RawPeer.frame(0x21, 1, 2, 3),
            RawPeer.bytes(0x80, 0x0f, 0x07, 0x00, 4, 0, 'u', '=', '1'),
            RawPeer.bytes(0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
            RawPeer.bytes(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
    return Arbitraries.oneOf(junk, sense)
        .list()
        .ofMaxSize(6)
        .map(
            pieces -> {
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              pieces.forEach(all::writeBytes);
              return all.toByteArray();
            });
  }

  @Property(tries = 2000)
  void nothingButDocumentedErrors(
      @ForAll boolean client,
      @ForAll("places") Where where,
      @ForAll("bytes") byte[] bytes,
      @ForAll boolean fin,
      @ForAll long seed) {
    Random random = new Random(seed);
    RawPeer peer = client ? RawPeer.ofClient() : RawPeer.ofServer();
    if (client) {
      peer.connection.openRequest(Pair.get("/"), true);
      peer.deliver();
    }
    MemorySendStream stream = open(peer, where);
    RawPeer.write(stream, bytes);
    if (fin) {
      stream.finish();
    }
    for (int i = 0; i < bytes.length + 20; i++) {
      peer.link.deliver(peer.peer, stream.id(), 1 + random.nextInt(10));
      peer.connection.process();
      Pair.take(peer.connection, peer.events);
      for (var request : requests(peer)) {
        request.readData(new byte[5], 0, 5);
      }
    }
    Pair.take(peer.connection, peer.events);
    if (peer.own.ending() != null) {
      ApplicationClose close = (ApplicationClose) peer.own.ending();
      Http3Error error = Http3Error.of(close.code());
      assertEquals(error.code(), close.code());
      assertFalse(error == Http3Error.H3_NO_ERROR || error == Http3Error.H3_INTERNAL_ERROR);
      assertFalse(close.reason().isEmpty());
      assertEquals(1, peer.all(Http3Event.ConnectionEnded.class).size());
    }
    long ended = peer.all(Http3Event.RequestEnded.class).size();
    assertTrue(ended <= 1, "ended " + ended + " times");
  }

  private static List<RequestStream> requests(RawPeer peer) {
    return peer.events.stream()
        .flatMap(
            event ->
                switch (event) {
                  case Http3Event.Request(RequestStream stream, var head) -> Stream.of(stream);
                  case Http3Event.Response(RequestStream stream, var head) -> Stream.of(stream);
                  default -> Stream.<RequestStream>empty();
                })
        .toList();
  }

  private static MemorySendStream open(RawPeer peer, Where where) {
    return switch (where) {
      case CONTROL -> peer.uni(0);
      case CONTROL_AFTER_SETTINGS -> peer.control();
      case PUSH -> peer.uni(1);
      case ENCODER -> peer.uni(2);
      case DECODER -> peer.uni(3);
      case UNTYPED -> peer.peer.openUni();
      case REQUEST -> message(peer);
      case REQUEST_AFTER_HEAD -> {
        MemorySendStream stream = message(peer);
        RawPeer.write(
            stream, peer.own.isClient() ? RawPeer.headers(":status", "200") : RawPeer.getHeaders());
        yield stream;
      }
    };
  }

  private static MemorySendStream message(RawPeer peer) {
    return peer.own.isClient()
        ? peer.peer.sendStream(0)
        : (MemorySendStream) peer.peer.openBidi().send();
  }
}
