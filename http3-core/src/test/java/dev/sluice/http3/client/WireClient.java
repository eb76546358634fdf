package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.frame.Frame;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

/**
 * A client on a real UDP socket that does the handshake and SETTINGS like any other, and then says
 * in each datagram exactly what a test wants.
 */
public final class WireClient implements AutoCloseable {

  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final BlockingQueue<Http3Event> events = new LinkedBlockingQueue<>();
  private final WireEndpoint wire;
  private final Connection connection;
  private Http3Connection http;

  /** Connects to a server that has {@link Loopback#IDENTITY}, and waits for its SETTINGS. */
  public WireClient(InetSocketAddress server) throws IOException {
    SecureRandom random = new SecureRandom();
    ClientConfig config =
        ClientConfig.of(
                TlsClientConfig.builder()
                    .serverName("localhost")
                    .applicationProtocols("h3")
                    .certificateVerifier(
                        PinnedVerifier.of(Loopback.IDENTITY.certificateChain().getFirst()))
                    .random(random)
                    .clock(InstantSource.system())
                    .build())
            .withTransport(Loopback.PATIENT);
    wire = new WireEndpoint(this::process);
    connection =
        wire.onThread(endpoint -> endpoint.connect(null, server, config, WireEndpoint.now()));
    ready.join();
  }

  private void process(Connection its) {
    if (http == null) {
      http = new Http3Connection(its, Http3Config.DEFAULT, new SecureRandom());
    }
    http.process();
    for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
      if (event instanceof Http3Event.SettingsReceived) {
        ready.complete(null);
      }
      events.add(event);
    }
  }

  /**
   * Sends these datagrams one right after another.
   *
   * @param last whether nothing else is sent on the connection any more
   */
  public void send(List<List<Frame>> datagrams, boolean last) {
    wire.send(connection, datagrams, last);
  }

  /** Waits for the next event of a kind, passing over others. */
  public <T extends Http3Event> T await(Class<T> kind) throws InterruptedException {
    Http3Event event = events.take();
    while (!kind.isInstance(event)) {
      event = events.take();
    }
    return kind.cast(event);
  }

  /** Does something with the connection on its thread. */
  public <T> T onThread(BiFunction<Connection, Http3Connection, T> task) {
    return wire.onThread(
        endpoint -> {
          T result = task.apply(connection, http);
          endpoint.touch(connection);
          return result;
        });
  }

  @Override
  public void close() {
    wire.close();
  }
}
