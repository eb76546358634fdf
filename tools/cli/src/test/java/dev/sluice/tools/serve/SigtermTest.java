package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sluice serve} in a process of its own, and SIGTERM while a thousand requests are under
 * way: they finish, those that had to wait go to another server, nothing is done twice, and the
 * process exits with 0.
 */
@Timeout(120)
class SigtermTest {
  private static final int CLIENTS = 10;

  /** As many as the server lets run at once on one connection. */
  private static final int RUNNING_PER_CLIENT = 100;

  private static final int WAITING_PER_CLIENT = 20;

  @TempDir Path folder;

  private ServeProcess start(int grace) throws Exception {
    return ServeProcess.start(folder, "--echo=/echo", "--webtransport=/wt", "--grace=" + grace);
  }

  /** A body whose first bytes go at once, and the rest when a test says so. */
  private record HeldBody(byte[] first, byte[] rest, CompletableFuture<Void> go)
      implements Flow.Publisher<ByteBuffer> {

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(new Sending(this, subscriber));
    }
  }

  private static final class Sending implements Flow.Subscription {
    private final HeldBody body;
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private long demand;
    private int sent;

    Sending(HeldBody body, Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.body = body;
      this.subscriber = subscriber;
    }

    @Override
    public synchronized void request(long n) {
      demand += n;
      sendNext();
      if (sent == 1) {
        body.go.thenRunAsync(this::sendNext);
      }
    }

    private synchronized void sendNext() {
      if (demand > 0 && sent == 0) {
        sent = 1;
        demand--;
        subscriber.onNext(ByteBuffer.wrap(body.first));
      }
      if (demand > 0 && sent == 1 && body.go.isDone()) {
        sent = 2;
        subscriber.onNext(ByteBuffer.wrap(body.rest));
        subscriber.onComplete();
      }
    }

    @Override
    public void cancel() {}
  }

  private static byte[] name(int number) {
    return "request %5d ".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] rest(int number) {
    byte[] rest = new byte[5_000];
    Arrays.fill(rest, (byte) number);
    return rest;
  }

  /** Where clients go when the first server stops; notes whom it has served. */
  private static Http3Server successor(int port, Set<Integer> served) throws IOException {
    return Http3Server.builder()
        .address(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), port))
        .identity(
            SelfSignedIdentity.create(
                List.of("localhost"),
                Duration.ofDays(1),
                new SecureRandom(),
                InstantSource.system()))
        .handler(
            exchange -> {
              byte[] body = exchange.requestBody().readAllBytes();
              String name = new String(body, 0, 14, StandardCharsets.US_ASCII);
              served.add(Integer.parseInt(name.substring(8).strip()));
              exchange.respond(200, Fields.EMPTY, body);
            })
        .start();
  }

  private static CompletableFuture<HttpResponse<InputStream>> send(
      Http3Client client, int port, int number, CompletableFuture<Void> go) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/echo"))
            .POST(BodyPublishers.fromPublisher(new HeldBody(name(number), rest(number), go)))
            .build(),
        BodyHandlers.ofInputStream());
  }

  private static void assertEchoed(int number, CompletableFuture<HttpResponse<InputStream>> future)
      throws IOException {
    HttpResponse<InputStream> response = future.join();
    assertEquals(200, response.statusCode());
    try (InputStream body = response.body()) {
      assertArrayEquals(name(number), body.readNBytes(14));
      assertArrayEquals(rest(number), body.readAllBytes());
    }
  }

  @Test
  void nothingIsLostAndNothingIsDoneTwice() throws Exception {
    assumeTrue(System.getProperty("os.name").startsWith("Linux"), "127.0.0.2 and SIGTERM");
    int running = CLIENTS * RUNNING_PER_CLIENT;
    int waiting = CLIENTS * WAITING_PER_CLIENT;
    CompletableFuture<Void> go = new CompletableFuture<>();
    CompletableFuture<Void> atOnce = CompletableFuture.completedFuture(null);
    Set<Integer> servedBySuccessor = new ConcurrentSkipListSet<>();
    List<Http3Client> clients = new ArrayList<>();
    List<CompletableFuture<HttpResponse<InputStream>>> futures = new ArrayList<>();
    try (ServeProcess serve = start(60)) {
      List<InetAddress> both =
          List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2"));
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            Http3Client.newBuilder()
                .insecurelyTrustEveryone()
                .resolve("localhost", serve.port(), both)
                .build());
      }
      for (int i = 0; i < running; i++) {
        futures.add(send(clients.get(i % CLIENTS), serve.port(), i, go));
      }
      futures.forEach(CompletableFuture::join); // a thousand handlers have begun to answer
      for (int i = running; i < running + waiting; i++) {
        futures.add(send(clients.get(i % CLIENTS), serve.port(), i, atOnce));
      }

      try (Http3Server successor = successor(serve.port(), servedBySuccessor)) {
        serve.process().toHandle().destroy();
        for (int i = running; i < running + waiting; i++) {
          assertEchoed(i, futures.get(i)); // every client has heard of the stop
        }
        go.complete(null);
        for (int i = 0; i < running; i++) {
          assertEchoed(i, futures.get(i));
        }
        assertEquals(0, serve.process().waitFor());
        List<String> log = serve.restOfLog().stream().filter(l -> l.contains("HTTP/3")).toList();
        assertEquals(running, log.size());
        assertEquals(running, log.stream().filter(line -> line.contains("\" 200 5014 ")).count());
        assertEquals(
            IntStream.range(running, running + waiting)
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new)),
            new TreeSet<>(servedBySuccessor));
        assertEquals(1, successor.localAddresses().size());
      }
    } finally {
      clients.forEach(Http3Client::shutdownNow);
    }
  }

  private static Http3Client sessions() {
    return Http3Client.newBuilder()
        .insecurelyTrustEveryone()
        .webTransport(WebTransportConfig.DEFAULT)
        .build();
  }

  private static WebTransport connect(Http3Client client, ServeProcess serve) throws Exception {
    return client.connect(
        URI.create("https://127.0.0.1:" + serve.port() + "/wt"), SessionOptions.DEFAULT);
  }

  @Test
  void sessionsAreDrainedAndAwaited() throws Exception {
    assumeTrue(System.getProperty("os.name").startsWith("Linux"), "SIGTERM");
    try (ServeProcess serve = start(60);
        Http3Client client = sessions()) {
      WebTransport session = connect(client, serve);
      serve.process().toHandle().destroy();
      session.draining().toCompletableFuture().get();
      WebTransportStream stream = session.openBidirectional();
      stream.outputStream().write(name(1));
      stream.outputStream().close();
      assertArrayEquals(name(1), stream.inputStream().readAllBytes());
      assertTrue(serve.process().isAlive());
      session.close();
      assertEquals(0, serve.process().waitFor());
    }
  }

  @Test
  void whatTakesLongerThanTheGraceIsCutOff() throws Exception {
    assumeTrue(System.getProperty("os.name").startsWith("Linux"), "SIGTERM");
    try (ServeProcess serve = start(0);
        Http3Client client = sessions()) {
      WebTransport session = connect(client, serve);
      serve.process().toHandle().destroy();
      SessionEnding ending = session.closed().toCompletableFuture().get();
      assertInstanceOf(SessionEnding.ConnectionEnded.class, ending);
      assertEquals(28, serve.process().waitFor(), "something was lost");
    }
  }

  @Test
  void itCanBeStoppedAsSoonAsItSaysThatItServes() throws Exception {
    assumeTrue(System.getProperty("os.name").startsWith("Linux"), "SIGTERM");
    try (ServeProcess serve = start(60)) {
      serve.process().toHandle().destroy();
      assertEquals(0, serve.process().waitFor());
    }
  }
}
