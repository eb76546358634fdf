package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.endpoint.ConnectionIdGenerator;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program gives to a socket fails, again and again: it costs nobody else anything. */
@Timeout(60)
class FaultyHooksTest {
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  private static final InetSocketAddress OTHER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 444);

  private final ScriptedPoller poller = new ScriptedPoller();
  private final EventLoop loop = EventLoop.start("test", true, poller);
  private final SplittableRandom random = new SplittableRandom(5);

  @AfterEach
  void close() throws InterruptedException {
    loop.close();
    assertTrue(loop.awaitEnd(60_000));
  }

  private QuicSocket listen(EndpointConfig config, Admission admission, Acceptor acceptor)
      throws Exception {
    QuicSocket socket = QuicSocket.open(loop, PEER, config);
    socket.listen(TestPeers.server(random.split()).withAdmission(admission), acceptor);
    return socket;
  }

  /** A client's first flight from this address goes into the batch. */
  private void begin(InetSocketAddress from, InetSocketAddress to, DatagramBatch into) {
    Endpoint client = TestPeers.endpoint(random.split());
    client.connect(from, to, TestPeers.client(random.split()), 0);
    while (client.nextTouched() != null) {
      // it gets to send
    }
    DatagramBatch out = new DatagramBatch(16, 2048);
    client.send(0, out);
    for (int i = 0; i < out.count(); i++) {
      System.arraycopy(out.buffer(), out.offset(i), into.buffer(), into.nextOffset(), 2048);
      into.add(out.length(i), to, from, 0);
    }
  }

  @Test
  void anAdmissionThatFailsKeepsNoneOutWhoComeWithThatClient() throws Exception {
    CompletableFuture<LoopConnection> accepted = new CompletableFuture<>();
    try (Silence silence = Silence.of(Adaptation.class)) {
      QuicSocket server =
          listen(
              EndpointConfig.of(random.split()),
              client -> {
                if (client.remote().equals(PEER)) {
                  throw new IllegalStateException("on purpose");
                }
                return Admission.ACCEPT;
              },
              connection -> {
                accepted.complete(connection);
                return events -> {};
              });
      DatagramBatch both = new DatagramBatch(32, 2048);
      begin(PEER, server.localAddress(), both);
      begin(OTHER, server.localAddress(), both);
      loop.execute(() -> poller.sockets.getFirst().arrive(both));
      assertEquals(OTHER, accepted.get().transport().stats().remote());
      assertTrue(silence.messages() > 0);
    }
  }

  /** In each turn an Initial comes for which there is no ID. */
  @Test
  void whatFailsInEachTurnKeepsNoConnectionFromItsDeadline() throws Exception {
    ConnectionIdGenerator failing =
        new ConnectionIdGenerator() {
          private boolean used;

          @Override
          public ConnectionId next(RandomGenerator from) {
            if (used) {
              throw new IllegalStateException("on purpose");
            }
            used = true;
            return ConnectionId.of(new byte[8]);
          }

          @Override
          public int length() {
            return 8;
          }
        };
    try (Silence silence = Silence.of(QuicSocket.class)) {
      QuicSocket socket =
          listen(
              EndpointConfig.of(random.split()).withConnectionIds(failing),
              client -> Admission.ACCEPT,
              connection -> events -> {});
      LoopConnection waiting =
          socket
              .connect(
                  OTHER,
                  TestPeers.client(random.split())
                      .withTransport(
                          TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofMillis(20))),
                  connection -> events -> {})
              .get();
      CompletableFuture<ConnectionEnding> ended = waiting.ended().toCompletableFuture();
      loop.execute(() -> arriveAgain(socket.localAddress(), ended));
      assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, ended.get());
      assertTrue(silence.messages() > 0);
    }
  }

  private void arriveAgain(InetSocketAddress to, CompletableFuture<?> until) {
    if (!until.isDone()) {
      DatagramBatch next = new DatagramBatch(16, 2048);
      begin(PEER, to, next);
      poller.sockets.getFirst().arrive(next);
      loop.execute(() -> arriveAgain(to, until));
    }
  }
}
