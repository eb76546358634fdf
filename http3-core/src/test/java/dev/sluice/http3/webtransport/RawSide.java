package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.http3.message.Fields;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sessions of ours against a peer whose every byte a test decides. */
final class RawSide {
  final MemoryLink link = new MemoryLink();
  final MemoryTransport own;
  final MemoryTransport peer;
  final Http3Connection http;
  final WebTransportSessions sessions;
  final List<WebTransportEvent> events = new ArrayList<>();

  /** The CONNECT stream of the raw client's session. */
  BidiStream connect;

  RawSide(boolean client) {
    own = client ? link.client() : link.server();
    peer = client ? link.server() : link.client();
    for (MemoryTransport end : List.of(own, peer)) {
      end.maxDatagram(1200);
      end.resetAt(true);
    }
    WebTransportConfig config = WebTransportConfig.DEFAULT;
    http = new Http3Connection(own, config.applyTo(Http3Config.DEFAULT), new Random(1));
    sessions = new WebTransportSessions(http, config);
    process();
  }

  /** Ours is the server, and a raw client has sent settings for a version. */
  static RawSide ofServer(WebTransportVersion version) {
    RawSide side = new RawSide(false);
    side.settings(Map.of(version.setting(), 1L));
    return side;
  }

  /** The same, with a session on stream 0. */
  static RawSide withSession(WebTransportVersion version) {
    RawSide side = ofServer(version);
    side.connect = side.peer.openBidi();
    write(side.connect.send(), connectHead(version.protocol()));
    side.deliver();
    side.session().accept(null, Fields.EMPTY);
    side.deliver();
    return side;
  }

  WebTransportSession session() {
    return events.stream()
        .filter(WebTransportEvent.Requested.class::isInstance)
        .map(event -> ((WebTransportEvent.Requested) event).session())
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  void settings(Map<Long, Long> more) {
    Map<Long, Long> all = new HashMap<>(Map.of(0x33L, 1L, 0x08L, 1L));
    all.putAll(more);
    SendStream control = peer.openUni();
    write(control, new byte[] {0});
    write(control, new SettingsFrame(all).encode());
    deliver();
  }

  static byte[] connectHead(String protocol, String... more) {
    List<FieldLine> lines = new ArrayList<>();
    lines.add(new FieldLine(":method", "CONNECT"));
    lines.add(new FieldLine(":protocol", protocol));
    lines.add(new FieldLine(":scheme", "https"));
    lines.add(new FieldLine(":authority", "example.com"));
    lines.add(new FieldLine(":path", "/wt"));
    for (int i = 0; i < more.length; i += 2) {
      lines.add(new FieldLine(more[i], more[i + 1]));
    }
    return head(lines);
  }

  static byte[] head(List<FieldLine> lines) {
    return new HeadersFrame(new QpackEncoder(new EncoderLimits(0, 0)).encode(0, lines)).encode();
  }

  /** A DATA frame. */
  static byte[] data(byte[] content) {
    byte[] frame = new byte[content.length + 5];
    WireWriter out = new WireWriter(frame, 0, frame.length);
    out.u8(0).varInt(content.length, 4).bytes(content);
    return frame;
  }

  static byte[] bytes(int... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int value : values) {
      out.write(value);
    }
    return out.toByteArray();
  }

  static void write(SendStream stream, byte[] bytes) {
    if (stream.write(bytes, 0, bytes.length) != bytes.length) {
      throw new AssertionError("the test's buffer is full");
    }
  }

  RawSide deliver() {
    for (int i = 0; i < 3; i++) {
      link.deliverAll();
      process();
    }
    return this;
  }

  void process() {
    http.process();
    for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
      sessions.onEvent(e, 0);
    }
    for (var e = sessions.nextEvent(); e != null; e = sessions.nextEvent()) {
      events.add(e);
    }
  }

  /** The code that our side has closed the connection with, or null while it lives. */
  Long closeCode() {
    return own.ending() instanceof ConnectionEnding.ApplicationClose close
            && close.by() == ConnectionEnding.Side.LOCAL
        ? close.code()
        : null;
  }
}
