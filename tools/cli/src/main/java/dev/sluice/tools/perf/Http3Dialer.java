package dev.sluice.tools.perf;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.ConnectionEndedException;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.tls.SessionTicket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Opens HTTP/3 connections on which nothing is asked for, all on one socket. The library's client
 * cannot be told to: it has a connection for each origin, from the first request until the client
 * is closed.
 */
final class Http3Dialer implements AutoCloseable {
  private final InetSocketAddress server;
  private final ClientConfig config;
  private final Consumer<SessionTicket> onTicket;
  private final SecureRandom random;
  private final QuicSocket socket;

  /**
   * @param onTicket gets the sessions that the server gives, on the loop's thread
   */
  Http3Dialer(
      EventLoop loop,
      InetSocketAddress server,
      ClientConfig config,
      SecureRandom random,
      Consumer<SessionTicket> onTicket)
      throws IOException {
    this.server = server;
    this.config = config;
    this.onTicket = onTicket;
    this.random = random;
    this.socket = QuicSocket.open(loop, new InetSocketAddress(0), EndpointConfig.of(random));
  }

  /**
   * A connection whose handshake is complete and on whose control streams both have sent their
   * settings (RFC 9114 §6.2.1).
   *
   * @param ticket of the session to resume; null for none
   */
  CompletableFuture<Dialled> connect(SessionTicket ticket) {
    CompletableFuture<Dialled> ready = new CompletableFuture<>();
    socket
        .connect(
            server,
            config.withTls(config.tls().toBuilder().ticket(ticket).build()),
            on -> new Dialled(on, ready))
        .exceptionally(
            e -> {
              ready.completeExceptionally(e);
              return null;
            });
    return ready;
  }

  @Override
  public void close() {
    socket.close();
  }

  /** One of them. */
  final class Dialled implements ConnectionListener, Connector.Handshake {
    private final LoopConnection on;
    private final Http3Connection http;
    private final CompletableFuture<Dialled> ready;
    private boolean settingsReceived;
    private volatile boolean resumed;
    private volatile boolean ended;

    Dialled(LoopConnection on, CompletableFuture<Dialled> ready) {
      this.on = on;
      this.http = new Http3Connection(on.transport(), Http3Config.DEFAULT, random);
      this.ready = ready;
    }

    @Override
    public void onEvents(LoopConnection connection) {
      http.process();
      for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
        onEvent(event);
      }
      if (settingsReceived && on.transport().tls() != null) {
        resumed = on.transport().tls().resumed();
        ready.complete(this);
      }
    }

    private void onEvent(Http3Event event) {
      switch (event) {
        case Http3Event.SettingsReceived settings -> settingsReceived = true;
        case Http3Event.Transport(QuicEvent.NewSessionTicket(SessionTicket ticket)) ->
            onTicket.accept(ticket);
        case Http3Event.ConnectionEnded(var ending) -> {
          ended = true;
          ready.completeExceptionally(new ConnectionEndedException(ending));
        }
        default -> {}
      }
    }

    /** Whether a session was resumed. */
    boolean resumed() {
      return resumed;
    }

    @Override
    public boolean isAlive() {
      return !ended;
    }

    @Override
    public void close() {
      try {
        on.loop()
            .execute(
                () -> {
                  http.close(Http3Error.H3_NO_ERROR, "");
                  onEvents(on);
                  on.wake();
                });
      } catch (RejectedExecutionException e) {
        // The loop has ended, and the connection with it.
      }
    }
  }
}
