package dev.sluice.quic.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.tls.Identity;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * For those who bring their own loop: the endpoint is a state machine, and this is all around it.
 */
@Timeout(60)
class OwnLoopTest {

  /** An endpoint and its socket. One thread takes turns. */
  static final class Peer implements AutoCloseable {
    private final DatagramChannel channel = DatagramChannel.open();
    private final DatagramBatch batch = new DatagramBatch(16, 2048);
    private final Consumer<Connection> application;
    final Endpoint endpoint = new Endpoint(EndpointConfig.of(new SecureRandom()));

    Peer(Consumer<Connection> application) throws IOException {
      this.application = application;
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      channel.configureBlocking(false);
    }

    InetSocketAddress address() throws IOException {
      return (InetSocketAddress) channel.getLocalAddress();
    }

    /** In, events, out. A loop that has time would wait until nextDeadline() in between. */
    void turn(long now) throws IOException {
      receive();
      endpoint.receive(batch, now);
      if (endpoint.nextDeadline() <= now) {
        endpoint.onDeadline(now);
      }
      while (endpoint.accept() != null) {} // they are among the touched ones, too
      for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
        application.accept(c);
      }
      boolean more;
      do {
        batch.clear();
        more = endpoint.send(now, batch);
        send();
      } while (more);
    }

    private void receive() throws IOException {
      batch.clear();
      while (batch.hasRoom()) {
        ByteBuffer slot = ByteBuffer.wrap(batch.buffer(), batch.nextOffset(), batch.slotSize());
        InetSocketAddress from = (InetSocketAddress) channel.receive(slot);
        if (from == null) {
          return;
        }
        batch.add(slot.position() - batch.nextOffset(), null, from, 0);
      }
    }

    private void send() throws IOException {
      for (int i = 0; i < batch.count(); i++) {
        channel.send(
            ByteBuffer.wrap(batch.buffer(), batch.offset(i), batch.length(i)), batch.remote(i));
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private final byte[] bytes = new byte[100];
  private String answer;

  @Test
  void example() throws IOException {
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    Identity identity =
        SelfSignedIdentity.create(List.of("localhost"), Duration.ofDays(1), random, clock);
    TlsServerConfig serverTls =
        TlsServerConfig.builder()
            .identity(identity)
            .applicationProtocols("shout")
            .random(random)
            .clock(clock)
            .build();
    TlsClientConfig clientTls =
        TlsClientConfig.builder()
            .serverName("localhost")
            .applicationProtocols("shout")
            .certificateVerifier(PinnedVerifier.of(identity.certificateChain().getFirst()))
            .random(random)
            .clock(clock)
            .build();

    try (Peer server = new Peer(this::shoutBack);
        Peer client = new Peer(this::ask)) {
      server.endpoint.listen(ServerConfig.of(serverTls));
      client.endpoint.connect(
          client.address(), server.address(), ClientConfig.of(clientTls), System.nanoTime());
      while (answer == null) {
        client.turn(System.nanoTime());
        server.turn(System.nanoTime());
        Thread.onSpinWait();
      }
    }
    assertEquals("HELLO, STREAM", answer);
  }

  /** The client: a question when the handshake is complete. */
  private void ask(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      switch (e) {
        case QuicEvent.HandshakeComplete complete -> {
          BidiStream stream = connection.openBidi();
          byte[] question = "Hello, stream".getBytes(UTF_8);
          stream.send().write(question, 0, question.length);
          stream.send().finish();
        }
        case QuicEvent.Readable(RecvStream stream) -> {
          int n = stream.read(bytes, 0, bytes.length);
          if (n > 0) {
            answer = new String(bytes, 0, n, UTF_8);
          }
        }
        default -> {}
      }
    }
  }

  /** The server: an answer to every question. */
  private void shoutBack(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.PeerOpened(RecvStream in, SendStream out)) {
        int n = Math.max(0, in.read(bytes, 0, bytes.length));
        byte[] loud = new String(bytes, 0, n, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8);
        out.write(loud, 0, loud.length);
        out.finish();
      }
    }
  }
}
