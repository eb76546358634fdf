package dev.sluice.http3.connection;

import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.ending.ConnectionEnding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A client and a server of ours over a link in memory. */
final class Pair {
  final MemoryLink link = new MemoryLink();
  final Http3Connection client;
  final Http3Connection server;
  final List<Http3Event> clientEvents = new ArrayList<>();
  final List<Http3Event> serverEvents = new ArrayList<>();

  Pair() {
    this(Http3Config.DEFAULT, Http3Config.DEFAULT);
  }

  Pair(Http3Config clientConfig, Http3Config serverConfig) {
    client = connection(link.client(), clientConfig);
    server = connection(link.server(), serverConfig);
  }

  static Http3Connection connection(QuicTransport quic, Http3Config config) {
    return new Http3Connection(quic, config, new Random(1));
  }

  static RequestHead get(String path) {
    return RequestHead.of("GET", "https", "example.com", path, Fields.EMPTY);
  }

  static RequestHead post(String path, String... fields) {
    return RequestHead.of("POST", "https", "example.com", path, Fields.of(fields));
  }

  static ResponseHead ok(String... fields) {
    return new ResponseHead(200, Fields.of(fields));
  }

  /** Delivers and processes until nothing moves any more. */
  Pair run() {
    for (int i = 0; i < 10; i++) {
      client.process();
      server.process();
      link.deliverAll();
    }
    client.process();
    server.process();
    takeEvents();
    return this;
  }

  /** Takes what events there are. */
  void takeEvents() {
    take(client, clientEvents);
    take(server, serverEvents);
  }

  static void take(Http3Connection connection, List<Http3Event> events) {
    for (Http3Event event = connection.nextEvent(); event != null; event = connection.nextEvent()) {
      events.add(event);
    }
  }

  /** The only event of a kind at the client. */
  <T extends Http3Event> T clientEvent(Class<T> kind) {
    return only(clientEvents, kind);
  }

  /** The only event of a kind at the server. */
  <T extends Http3Event> T serverEvent(Class<T> kind) {
    return only(serverEvents, kind);
  }

  /** The server's exchange of the only request so far. */
  RequestStream request() {
    return serverEvent(Http3Event.Request.class).stream();
  }

  static <T extends Http3Event> T only(List<Http3Event> events, Class<T> kind) {
    List<T> found = all(events, kind);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of " + kind.getSimpleName() + " in " + events);
    }
    return found.getFirst();
  }

  static <T extends Http3Event> List<T> all(List<Http3Event> events, Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All content that can be read at present. */
  static byte[] readAll(RequestStream stream) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[1000];
    int read = stream.readData(buffer, 0, buffer.length);
    while (read > 0) {
      all.write(buffer, 0, read);
      read = stream.readData(buffer, 0, buffer.length);
    }
    return all.toByteArray();
  }

  /** The code a transport was closed with by its own side. */
  static long closeCode(QuicTransport quic) {
    if (quic.ending() instanceof ConnectionEnding.ApplicationClose close
        && close.by() == ConnectionEnding.Side.LOCAL) {
      return close.code();
    }
    throw new AssertionError("not closed by this side: " + quic.ending());
  }
}
