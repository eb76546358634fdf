package dev.sluice.http3.connection;

import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.SendStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One connection of ours against a peer whose every byte a test decides. */
final class RawPeer {
  final MemoryLink link = new MemoryLink();
  final MemoryTransport peer;
  final MemoryTransport own;
  final Http3Connection connection;
  final List<Http3Event> events = new ArrayList<>();

  private RawPeer(boolean client, Http3Config config) {
    own = client ? link.client() : link.server();
    peer = client ? link.server() : link.client();
    connection = Pair.connection(own, config);
    connection.process();
  }

  /** Our client against a raw server. */
  static RawPeer ofClient() {
    return new RawPeer(true, Http3Config.DEFAULT);
  }

  /** Our server against a raw client. */
  static RawPeer ofServer() {
    return new RawPeer(false, Http3Config.DEFAULT);
  }

  static RawPeer ofServer(Http3Config config) {
    return new RawPeer(false, config);
  }

  static RawPeer ofClient(Http3Config config) {
    return new RawPeer(true, config);
  }

  /** Opens a control stream with empty SETTINGS. */
  MemorySendStream control() {
    MemorySendStream control = uni(0x00);
    write(control, new SettingsFrame(Map.of()).encode());
    return control;
  }

  /** Opens a unidirectional stream with a type of one byte and some more bytes. */
  MemorySendStream uni(int... bytes) {
    MemorySendStream stream = peer.openUni();
    write(stream, bytes(bytes));
    return stream;
  }

  /** Opens a request stream, as a client. */
  MemorySendStream bidi(byte[]... parts) {
    SendStream stream = peer.openBidi().send();
    for (byte[] part : parts) {
      write(stream, part);
    }
    return (MemorySendStream) stream;
  }

  /** The raw server's side of our client's first request. */
  MemorySendStream response(byte[]... parts) {
    deliver();
    MemorySendStream stream = peer.sendStream(0);
    for (byte[] part : parts) {
      write(stream, part);
    }
    return stream;
  }

  static void write(SendStream stream, byte[] bytes) {
    if (stream.write(bytes, 0, bytes.length) != bytes.length) {
      throw new AssertionError("the test's buffer is full");
    }
  }

  /** Delivers everything, lets our side act, and takes its events. */
  RawPeer deliver() {
    for (int i = 0; i < 3; i++) {
      link.deliverAll();
      connection.process();
    }
    Pair.take(connection, events);
    return this;
  }

  /** The peer closes, in the same batch as what was delivered before; our side then acts. */
  void close(long code) {
    own.end(new ConnectionEnding.ApplicationClose(ConnectionEnding.Side.PEER, code, ""));
    connection.process();
    Pair.take(connection, events);
  }

  <T extends Http3Event> T event(Class<T> kind) {
    return Pair.only(events, kind);
  }

  <T extends Http3Event> List<T> all(Class<T> kind) {
    return Pair.all(events, kind);
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** A frame whose type and length take one byte each. */
  static byte[] frame(int type, int... payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(type);
    out.write(payload.length);
    out.writeBytes(bytes(payload));
    return out.toByteArray();
  }

  /** A DATA frame with this many bytes, up to 63. */
  static byte[] data(int length) {
    return frame(0x00, new int[length]);
  }

  /** A HEADERS frame without use of the dynamic table. */
  static byte[] headers(String... namesAndValues) {
    List<FieldLine> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new FieldLine(namesAndValues[i], namesAndValues[i + 1]));
    }
    byte[] section = new QpackEncoder(new EncoderLimits(0, 0)).encode(0, lines);
    return new HeadersFrame(section).encode();
  }

  /** The HEADERS frame of a POST whose content is said to be so long. */
  static byte[] postHeaders(int contentLength) {
    return requestHeaders("POST", "content-length", Integer.toString(contentLength));
  }

  /** The HEADERS frame of a GET, with these fields. */
  static byte[] getHeaders(String... namesAndValues) {
    return requestHeaders("GET", namesAndValues);
  }

  private static byte[] requestHeaders(String method, String... namesAndValues) {
    Stream<String> pseudo =
        Stream.of(":method", method, ":scheme", "https", ":authority", "example.com", ":path", "/");
    return headers(Stream.concat(pseudo, Stream.of(namesAndValues)).toArray(String[]::new));
  }
}
