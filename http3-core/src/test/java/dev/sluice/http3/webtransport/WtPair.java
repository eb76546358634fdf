package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.http3.message.Fields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Sessions between a client and a server of ours over a link in memory. */
final class WtPair {
  final MemoryLink link = new MemoryLink();
  final End client;
  final End server;
  long now = 1_000_000_000L;

  /** One end: the connection, its sessions, and what they have told. */
  final class End {
    final MemoryTransport quic;
    final Http3Connection http;
    final WebTransportSessions sessions;
    final List<WebTransportEvent> events = new ArrayList<>();
    final List<Http3Event> others = new ArrayList<>();

    private End(MemoryTransport quic, WebTransportConfig config) {
      this.quic = quic;
      quic.maxDatagram(1200);
      quic.resetAt(true);
      http =
          new Http3Connection(
              quic, config.applyTo(Http3Config.DEFAULT.withGrease(false)), new Random(1));
      sessions = new WebTransportSessions(http, config);
    }

    void process() {
      http.process();
      for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
        if (!sessions.onEvent(e, now)) {
          others.add(e);
        }
      }
      for (var e = sessions.nextEvent(); e != null; e = sessions.nextEvent()) {
        events.add(e);
      }
    }

    <T extends WebTransportEvent> List<T> all(Class<T> kind) {
      return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends WebTransportEvent> T only(Class<T> kind) {
      List<T> found = all(kind);
      if (found.size() != 1) {
        throw new AssertionError(found.size() + " of " + kind.getSimpleName() + " in " + events);
      }
      return found.getFirst();
    }

    <T extends WebTransportEvent> T last(Class<T> kind) {
      return all(kind).getLast();
    }
  }

  WtPair() {
    this(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT);
  }

  WtPair(WebTransportConfig clientConfig, WebTransportConfig serverConfig) {
    client = new End(link.client(), clientConfig);
    server = new End(link.server(), serverConfig);
  }

  /** Both ends speak only this version. */
  static WtPair of(WebTransportVersion version) {
    WebTransportConfig config = WebTransportConfig.DEFAULT.withVersions(Set.of(version));
    return new WtPair(config, config);
  }

  /** Delivers and processes until nothing moves any more. */
  WtPair run() {
    for (int i = 0; i < 8; i++) {
      client.process();
      server.process();
      link.deliverAll();
    }
    client.process();
    server.process();
    return this;
  }

  /** Both ends of one session. */
  record Joined(WebTransportSession client, WebTransportSession server) {}

  /** Asks for a session that the server has not answered yet. */
  Joined request(String... fields) {
    WebTransportSession atClient = run().connect(List.of(), fields);
    run();
    return new Joined(atClient, server.last(WebTransportEvent.Requested.class).session());
  }

  WebTransportSession connect(List<String> protocols, String... fields) {
    return client.sessions.connect("example.com", "/wt", protocols, false, Fields.of(fields));
  }

  /** Establishes a session. */
  Joined join() {
    Joined session = request();
    session.server.accept(null, Fields.EMPTY);
    run();
    return session;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void write(SessionStream stream, String text) {
    byte[] bytes = bytes(text);
    if (stream.sending().write(bytes, 0, bytes.length) != bytes.length) {
      throw new AssertionError("no room for " + text);
    }
  }

  /** What can be read at present. */
  static String read(SessionStream stream) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[100];
    int read = stream.receiving().read(buffer, 0, buffer.length);
    while (read > 0) {
      all.write(buffer, 0, read);
      read = stream.receiving().read(buffer, 0, buffer.length);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** The last stream that the client has opened, at the server. */
  SessionStream atServer() {
    return server.last(WebTransportEvent.Opened.class).stream();
  }

  /** The last stream that the server has opened, at the client. */
  SessionStream atClient() {
    return client.last(WebTransportEvent.Opened.class).stream();
  }
}
