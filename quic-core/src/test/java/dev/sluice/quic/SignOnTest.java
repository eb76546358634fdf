package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.TestPeers;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that have their handshakes signed by an executor. */
@Timeout(60)
class SignOnTest {
  private static void exchange(QuicConnection connection) throws IOException {
    QuicStream stream = connection.openBidirectional();
    stream.outputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
    stream.outputStream().close();
    assertEquals(
        "ping", new String(stream.inputStream().readAllBytes(), StandardCharsets.US_ASCII));
  }

  @Test
  void manyHandshakesAtOnce() throws Exception {
    try (ExecutorService signers = Executors.newFixedThreadPool(2);
        QuicServer server = Loopback.server().signOn(signers).handler(Loopback::echo).start();
        QuicClient client = Loopback.client(server).build()) {
      List<CompletableFuture<QuicConnection>> connecting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        connecting.add(client.connectAsync().toCompletableFuture());
      }
      for (CompletableFuture<QuicConnection> each : connecting) {
        exchange(each.get());
      }
    }
  }

  @Test
  void othersAreServedWhileASignatureIsMade() throws Exception {
    LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    try (QuicServer server =
            Loopback.server().signOn(waiting::add).handler(Loopback::echo).start();
        QuicClient client = Loopback.client(server).build()) {
      CompletableFuture<QuicConnection> first = client.connectAsync().toCompletableFuture();
      Runnable signature = waiting.take();
      CompletableFuture<QuicConnection> second = client.connectAsync().toCompletableFuture();
      waiting.take().run();
      exchange(second.get());
      assertFalse(first.isDone());
      signature.run();
      exchange(first.get());
    }
  }

  @Test
  void theServerMayCloseBeforeTheSignatureComes() throws Exception {
    LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    QuicServer server = Loopback.server().signOn(waiting::add).start();
    try (QuicClient client = Loopback.client(server).build()) {
      CompletableFuture<QuicConnection> first = client.connectAsync().toCompletableFuture();
      Runnable signature = waiting.take();
      server.close();
      assertThrows(Exception.class, first::get);
      signature.run();
    }
  }

  @Test
  void anExecutorThatIsShutDownLeavesItToTheLoop() throws Exception {
    ExecutorService signers = Executors.newSingleThreadExecutor();
    signers.close();
    try (QuicServer server = Loopback.server().signOn(signers).handler(Loopback::echo).start();
        QuicClient client = Loopback.client(server).build()) {
      exchange(client.connect());
    }
  }

  @Test
  void aKeyThatDoesNotSignEndsTheHandshake() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    Identity broken =
        Identity.of(TestPeers.IDENTITY.certificateChain(), rsa.generateKeyPair().getPrivate());
    try (QuicServer server = Loopback.server().identity(broken).signOn(Runnable::run).start();
        QuicClient client = Loopback.client(server).build()) {
      IOException failure = assertThrows(IOException.class, client::connect);
      assertTrue(failure.getMessage().contains("alert 80"), failure::getMessage);
    }
  }

  @Test
  void soDoesAKeyThatFailsWithAnError() throws Exception {
    try (ExecutorService signers = Executors.newFixedThreadPool(1);
        QuicServer server = Loopback.server().identity(unlinked()).signOn(signers).start();
        QuicClient client = Loopback.client(server).build()) {
      IOException failure = assertThrows(IOException.class, client::connect);
      assertTrue(failure.getMessage().contains("alert 80"), failure::getMessage);
    }
  }

  @Test
  void andWithoutAnExecutor() throws Exception {
    try (QuicServer server = Loopback.server().identity(unlinked()).start();
        QuicClient client = Loopback.client(server).build()) {
      IOException failure = assertThrows(IOException.class, client::connect);
      assertTrue(failure.getMessage().contains("alert 80"), failure::getMessage);
    }
  }

  /** As of a token whose native library is not there. */
  private static Identity unlinked() {
    Object key =
        Proxy.newProxyInstance(
            SignOnTest.class.getClassLoader(),
            new Class<?>[] {ECPrivateKey.class},
            (proxy, method, arguments) -> {
              throw new UnsatisfiedLinkError("on purpose");
            });
    return Identity.of(TestPeers.IDENTITY.certificateChain(), (PrivateKey) key);
  }
}
