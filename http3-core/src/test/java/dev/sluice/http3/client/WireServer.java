package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.frame.Frame;
import dev.sluice.tls.TlsServerConfig;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server on a real UDP socket that does the handshake and SETTINGS like any other, and then says
 * in each datagram exactly what a test wants: {@link Request#answer} seals it under the
 * connection's keys.
 */
final class WireServer implements AutoCloseable {

  private final Map<Connection, Http3Connection> connections = new HashMap<>();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final WireEndpoint wire;

  /** A request whose head has arrived. */
  record Request(WireServer server, Connection connection, long streamId) {

    /** Sends these datagrams one right after another, and nothing on this connection any more. */
    void answer(List<List<Frame>> datagrams) {
      server.wire.send(connection, datagrams, true);
    }
  }

  WireServer() throws IOException {
    this(true);
  }

  /**
   * @param greets whether it sends SETTINGS; else its control stream is the test's, too, and a
   *     request has arrived when its stream is opened
   */
  WireServer(boolean greets) throws IOException {
    SecureRandom random = new SecureRandom();
    ServerConfig config =
        ServerConfig.of(
                TlsServerConfig.builder()
                    .identity(Loopback.IDENTITY)
                    .applicationProtocols("h3")
                    .random(random)
                    .clock(InstantSource.system())
                    .build())
            .withTransport(Loopback.PATIENT);
    wire = new WireEndpoint(greets ? this::process : this::watch);
    wire.onThread(
        endpoint -> {
          endpoint.listen(config);
          return null;
        });
  }

  URI uri() {
    return URI.create("https://localhost:" + wire.localAddress().getPort() + "/");
  }

  /** A HEADERS frame without use of the dynamic table. */
  static byte[] headers(String... namesAndValues) {
    List<FieldLine> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new FieldLine(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new HeadersFrame(new QpackEncoder(new EncoderLimits(0, 0)).encode(0, lines)).encode();
  }

  /** A DATA frame that says it has so many bytes, and as many of them as came, all 7. */
  static byte[] data(int says, int has) {
    byte[] frame = new byte[3 + has];
    Arrays.fill(frame, (byte) 7);
    frame[0] = 0x00;
    frame[1] = (byte) (0x40 | says >> 8);
    frame[2] = (byte) says;
    return frame;
  }

  /** A DATA frame of bytes that are all 7. */
  static byte[] data(int length) {
    return data(length, length);
  }

  /** Waits for the next request. */
  Request request() throws InterruptedException {
    return requests.take();
  }

  private void process(Connection connection) {
    Http3Connection http =
        connections.computeIfAbsent(
            connection, c -> new Http3Connection(c, Http3Config.DEFAULT, new SecureRandom()));
    http.process();
    for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
      if (event instanceof Http3Event.Request request) {
        requests.add(new Request(this, connection, request.stream().id()));
      }
    }
  }

  private void watch(Connection connection) {
    for (QuicEvent event = connection.nextEvent(); event != null; event = connection.nextEvent()) {
      if (event instanceof QuicEvent.PeerOpened(var recv, var send) && send != null) {
        requests.add(new Request(this, connection, recv.id()));
      }
    }
  }

  @Override
  public void close() {
    wire.close();
  }
}
