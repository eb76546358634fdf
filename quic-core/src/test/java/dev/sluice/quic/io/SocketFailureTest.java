package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ConnectionEndedException;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.endpoint.EndpointConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A socket that the system gives nothing for any more. */
@Timeout(60)
class SocketFailureTest {
  private final ScriptedPoller poller = new ScriptedPoller();
  private final EventLoop loop = EventLoop.start("test", true, poller);

  @AfterEach
  void close() throws InterruptedException {
    loop.close();
    assertTrue(loop.awaitEnd(60_000));
  }

  /** Also for who dials again in the moment in which the failure is known. */
  @Test
  void noConnectionIsOpenedOnOneThatHasFailed() throws Exception {
    CompletableFuture<Boolean> free = new CompletableFuture<>();
    try (Silence silence = Silence.of(QuicSocket.class);
        QuicClient client =
            QuicClient.builder()
                .remote(new InetSocketAddress(InetAddress.getLoopbackAddress(), 443))
                .serverName("localhost")
                .applicationProtocols("test")
                .eventLoop(loop)
                .sharedSocket()
                .build()) {
      CompletableFuture<QuicConnection> first = client.connectAsync();
      CompletableFuture<QuicConnection> again =
          first.exceptionallyCompose(
              e -> {
                free.complete(poller.sockets.getFirst().closed);
                return client.connectAsync();
              });
      CompletableFuture<QuicConnection> beside = client.connectAsync();
      loop.execute(this::failFirst);
      ExecutionException failed = assertThrows(ExecutionException.class, first::get);
      assertInstanceOf(ConnectionEndedException.class, failed.getCause());
      assertThrows(ExecutionException.class, beside::get);
      assertTrue(free.get(), "its address can be bound to again");
      CompletableFuture<QuicConnection> third = client.connectAsync();
      CompletableFuture<Integer> sockets = new CompletableFuture<>();
      loop.execute(() -> sockets.complete(poller.sockets.size()));
      assertEquals(2, sockets.get());
      assertFalse(again.isDone());
      assertFalse(third.isDone());
      assertEquals(1, silence.messages());
    }
  }

  private void failFirst() {
    poller.sockets.getFirst().fail(new IOException("the interface is gone"));
  }

  @Test
  void noSocketIsOpenedForAConnectionThatHasNoneAnyMore() throws Exception {
    InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);
    QuicSocket socket = QuicSocket.open(loop, peer, EndpointConfig.of(new SplittableRandom(1)));
    LoopConnection connection =
        socket.connect(peer, TestPeers.client(new SplittableRandom(2)), c -> on -> {}).get();
    socket.close();
    connection.ended().toCompletableFuture().get();
    CompletableFuture<Integer> opened = new CompletableFuture<>();
    loop.schedule(() -> migrateWhenClosed(socket, connection, opened), 0);
    assertEquals(1, opened.get());
  }

  private void migrateWhenClosed(
      QuicSocket socket, LoopConnection connection, CompletableFuture<Integer> opened) {
    if (socket.isClosed()) {
      try {
        connection.migrate(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      } catch (IOException e) {
        // As it should be.
      }
      opened.complete(poller.sockets.size());
    } else {
      loop.execute(() -> migrateWhenClosed(socket, connection, opened));
    }
  }
}
