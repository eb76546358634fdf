package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A server that does to a request what no well-behaved one would. */
final class ScriptedServer implements AutoCloseable {

  /** What happens to a request; on the loop. */
  interface Script {
    /**
     * @param number of the connection, from 1
     */
    void onRequest(int number, Http3Connection connection, RequestStream request);

    /** There is content of a request to be read, or its end; on the loop. */
    default void onReadable(RequestStream request) {}
  }

  private final EventLoop loop = EventLoop.start("scripted-server");
  private final QuicSocket socket;
  private final Script script;
  private final Http3Config config;
  private final Consumer<Http3Connection> atFirst;
  private final BlockingQueue<ConnectionEnding> endings = new LinkedBlockingQueue<>();
  private volatile int connections;

  ScriptedServer(Script script) throws IOException {
    this(script, Http3Config.DEFAULT);
  }

  ScriptedServer(Script script, Http3Config config) throws IOException {
    this(script, config, http -> {});
  }

  /**
   * @param atFirst what it does to each connection as soon as it can send; on the loop
   */
  ScriptedServer(Script script, Http3Config config, Consumer<Http3Connection> atFirst)
      throws IOException {
    this(script, config, atFirst, Loopback.PATIENT);
  }

  ScriptedServer(
      Script script,
      Http3Config config,
      Consumer<Http3Connection> atFirst,
      TransportConfig transport)
      throws IOException {
    this.script = script;
    this.config = config;
    this.atFirst = atFirst;
    SecureRandom random = new SecureRandom();
    socket =
        QuicSocket.open(
            loop,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            EndpointConfig.of(random));
    TlsServerConfig tls =
        TlsServerConfig.builder()
            .identity(Loopback.IDENTITY)
            .applicationProtocols("h3")
            .ticketProtector(
                new RotatingTicketProtector(Duration.ofHours(1), random, Instant.now()))
            .random(random)
            .clock(InstantSource.system())
            .build();
    socket.listen(ServerConfig.of(tls).withTransport(transport), this::accept);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only the loop writes it
  private ConnectionListener accept(LoopConnection on) {
    int number = ++connections;
    Http3Connection http = new Http3Connection(on.transport(), config, new SecureRandom());
    boolean[] begun = {false};
    return connection -> {
      http.process();
      if (!begun[0]) {
        begun[0] = true;
        atFirst.accept(http);
      }
      for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
        if (event instanceof Http3Event.Request request) {
          script.onRequest(number, http, request.stream());
        }
        if (event instanceof Http3Event.Readable readable) {
          script.onReadable(readable.stream());
        }
        if (event instanceof Http3Event.ConnectionEnded over) {
          endings.add(over.ending());
        }
      }
    };
  }

  /** Waits for the next connection to end. */
  ConnectionEnding ending() throws InterruptedException {
    return endings.take();
  }

  /** Connections accepted so far. */
  int connections() {
    return connections;
  }

  URI uri() {
    return URI.create("https://localhost:" + socket.localAddress().getPort() + "/");
  }

  @Override
  public void close() {
    loop.close();
  }
}
