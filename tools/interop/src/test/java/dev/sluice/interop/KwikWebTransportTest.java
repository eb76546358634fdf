package dev.sluice.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.OriginPolicy;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.http3.webtransport.WebTransportVersion;
import dev.sluice.peers.Kwik;
import dev.sluice.peers.PeerFiles;
import dev.sluice.tools.serve.WebTransportEcho;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;
import tech.kwik.flupke.webtransport.ClientSessionFactory;
import tech.kwik.flupke.webtransport.Session;
import tech.kwik.flupke.webtransport.WebTransportHttp3ApplicationProtocolFactory;

/**
 * WebTransport with flupke, both ways. It speaks draft-14, without the datagrams and the
 * RESET_STREAM_AT that the draft demands, so our side has to be told to do without.
 */
@Tag("interop")
@Timeout(value = 330, unit = TimeUnit.SECONDS)
class KwikWebTransportTest {
  private static final char[] PASSWORD = "interop".toCharArray();
  private static final WebTransportConfig CONFIG =
      WebTransportConfig.DEFAULT.withDatagramsRequired(false).withOriginPolicy(OriginPolicy.ANY);

  /** What one side sends; kwik falls silent in longer ones (see {@link Kwik}). */
  private static final List<Integer> SIZES = List.of(1, 1_000, 50_000);

  @TempDir Path folder;
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  private static Digest exchange(InputStream in, OutputStream out, TestBody body) throws Exception {
    CompletableFuture<Digest> received = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            received.complete(Digest.of(in));
          } catch (RuntimeException e) {
            received.completeExceptionally(e);
          }
        });
    Thread.startVirtualThread(
        () -> {
          try (out) {
            body.open().transferTo(out);
          } catch (IOException e) {
            received.completeExceptionally(e);
          }
        });
    return received.get(Kwik.PATIENCE, TimeUnit.SECONDS);
  }

  private static <T> T next(BlockingQueue<T> queue) throws Exception {
    T next = queue.poll(Kwik.PATIENCE, TimeUnit.SECONDS);
    if (next == null) {
      throw new TimeoutException();
    }
    return next;
  }

  // ---- its client with our server ----

  private OurServer serve(WebTransportHandler handler) throws IOException {
    return OurServer.start(
        files,
        (Http3ServerBuilder server) -> server.webTransport(CONFIG).webTransport("/wt", handler));
  }

  /** A session of flupke's, and what it is told. */
  private final class Theirs {
    final BlockingQueue<tech.kwik.flupke.webtransport.WebTransportStream> uni =
        new LinkedBlockingQueue<>();
    final BlockingQueue<tech.kwik.flupke.webtransport.WebTransportStream> bidi =
        new LinkedBlockingQueue<>();
    final CompletableFuture<String> terminated = new CompletableFuture<>();
    final Session session;

    Theirs(OurServer server) throws Exception {
      tech.kwik.flupke.Http3Client client =
          (tech.kwik.flupke.Http3Client)
              tech.kwik.flupke.Http3Client.newBuilder()
                  .trustManager(files.trustManager())
                  .maxAdditionalOpenPeerInitiatedUnidirectionalStreams(10)
                  .maxAdditionalOpenPeerInitiatedBidirectionalStreams(10)
                  .connectTimeout(Duration.ofSeconds(Kwik.PATIENCE))
                  .build();
      URI uri = URI.create(server.uri("/wt"));
      session =
          ClientSessionFactory.newBuilder()
              .serverUri(uri)
              .httpClient(client)
              .build()
              .createSession(uri, uni::add, bidi::add);
      session.registerSessionTerminatedEventListener(
          (code, reason) -> terminated.complete(code + " " + reason));
      session.open();
    }
  }

  @Test
  void itsClientIsEchoed() throws Exception {
    try (OurServer server = serve(new WebTransportEcho())) {
      for (int size : SIZES) {
        TestBody body = new TestBody(size);
        Kwik.patiently(
            () -> {
              Theirs theirs = new Theirs(server);
              var stream = theirs.session.createBidirectionalStream();
              assertEquals(
                  body.digest(), exchange(stream.getInputStream(), stream.getOutputStream(), body));
              var out = theirs.session.createUnidirectionalStream();
              try (OutputStream to = out.getOutputStream()) {
                body.open().transferTo(to);
              }
              assertEquals(body.digest(), Digest.of(next(theirs.uni).getInputStream()));
              theirs.session.close();
            });
      }
    }
  }

  @Test
  void itsClientTakesStreamsAndTheClose() throws Exception {
    Kwik.patiently(this::giveStreamsAndClose);
  }

  private void giveStreamsAndClose() throws Exception {
    TestBody body = new TestBody(1_000_000);
    CompletableFuture<WebTransportVersion> version = new CompletableFuture<>();
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<Boolean> datagram = new CompletableFuture<>();
    WebTransportHandler handler =
        session -> {
          version.complete(session.version());
          datagram.complete(session.sendDatagram(new byte[1]));
          try (OutputStream out = session.openUnidirectional().outputStream()) {
            body.open().transferTo(out);
          }
          WebTransportStream both = session.openBidirectional();
          say(both.outputStream(), "anyone there?");
          answer.complete(new String(both.inputStream().readAllBytes(), UTF_8));
          session.close(42, "that was all, née");
        };
    try (OurServer server = serve(handler)) {
      Theirs theirs = new Theirs(server);
      assertEquals(body.digest(), Digest.of(next(theirs.uni).getInputStream()));
      var both = next(theirs.bidi);
      assertEquals("anyone there?", new String(both.getInputStream().readAllBytes(), UTF_8));
      say(both.getOutputStream(), "yes");
      assertEquals("yes", answer.get(Kwik.PATIENCE, TimeUnit.SECONDS));
      assertEquals("42 that was all, née", theirs.terminated.get(Kwik.PATIENCE, TimeUnit.SECONDS));
      assertEquals(WebTransportVersion.DRAFT_14, version.get());
      assertFalse(datagram.get(), "it has none");
    }
  }

  @Test
  void itsClientCloses() throws Exception {
    Kwik.patiently(this::hearItsClientClose);
  }

  private void hearItsClientClose() throws Exception {
    CompletableFuture<SessionEnding> ending = new CompletableFuture<>();
    try (OurServer server = serve(session -> session.closed().thenAccept(ending::complete))) {
      new Theirs(server).session.close(7, "enough");
      assertEquals(
          new SessionEnding.Closed(Side.PEER, 7, "enough"),
          ending.get(Kwik.PATIENCE, TimeUnit.SECONDS));
    }
  }

  private static void say(OutputStream out, String text) throws IOException {
    try (out) {
      out.write(text.getBytes(UTF_8));
    }
  }

  // ---- our client with its server ----

  @FunctionalInterface
  private interface WithSession {
    void use(WebTransport session) throws Exception;
  }

  /** Lets our client have a session with a server of flupke's. */
  private void connect(Consumer<Session> handler, WithSession use) throws Exception {
    WebTransportHttp3ApplicationProtocolFactory http =
        new WebTransportHttp3ApplicationProtocolFactory(
            (request, response) -> {}, 10, 10); // a status would be the answer to CONNECT, too
    http.registerWebTransportServer("/wt", handler);
    try (DatagramSocket socket =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ServerConnector server =
            ServerConnector.builder()
                .withSocket(socket)
                .withKeyStore(files.keyStore(PASSWORD), "peer", PASSWORD)
                .withConfiguration(
                    ServerConnectionConfig.builder()
                        .maxIdleTimeoutInSeconds(30)
                        .maxConnectionBufferSize(1 << 20)
                        .maxBidirectionalStreamBufferSize(1 << 18)
                        .maxUnidirectionalStreamBufferSize(1 << 18)
                        .maxOpenPeerInitiatedBidirectionalStreams(100)
                        .maxOpenPeerInitiatedUnidirectionalStreams(10)
                        .build())
                .withLogger(new NullLogger())
                .build()) {
      server.registerApplicationProtocol("h3", http);
      server.start();
      int port = socket.getLocalPort();
      try (Http3Client client =
          Http3Client.newBuilder()
              .trustManager(files.trustManager())
              .webTransport(CONFIG)
              .resolve("localhost", port, List.of(InetAddress.getLoopbackAddress()))
              .build()) {
        try (WebTransport session =
            client.connect(
                URI.create("https://localhost:" + port + "/wt"), SessionOptions.DEFAULT)) {
          use.use(session);
        } finally {
          client.shutdownNow();
        }
      }
    }
  }

  /** Flupke's session as an echo of streams of both kinds. */
  private static void echo(Session session) {
    session.setBidirectionalStreamReceiveHandler(
        stream ->
            Thread.startVirtualThread(
                () -> copy(stream.getInputStream(), stream.getOutputStream())));
    session.setUnidirectionalStreamReceiveHandler(
        stream ->
            Thread.startVirtualThread(
                () -> {
                  try {
                    copy(
                        stream.getInputStream(),
                        session.createUnidirectionalStream().getOutputStream());
                  } catch (IOException e) {
                    // The test has seen why.
                  }
                }));
    session.open();
  }

  private static void copy(InputStream from, OutputStream to) {
    try (from;
        to) {
      from.transferTo(to);
    } catch (IOException e) {
      // As above.
    }
  }

  @Test
  void itsServerEchoes() throws Exception {
    for (int size : SIZES) {
      TestBody body = new TestBody(size);
      Kwik.patiently(
          () ->
              connect(
                  KwikWebTransportTest::echo,
                  session -> {
                    assertEquals(WebTransportVersion.DRAFT_14, session.version());
                    WebTransportStream both = session.openBidirectional();
                    assertEquals(
                        body.digest(), exchange(both.inputStream(), both.outputStream(), body));
                    WebTransportStream out = session.openUnidirectional();
                    CompletableFuture<WebTransportStream> in = session.acceptUnidirectionalAsync();
                    try (OutputStream to = out.outputStream()) {
                      body.open().transferTo(to);
                    }
                    assertEquals(
                        body.digest(),
                        Digest.of(in.get(Kwik.PATIENCE, TimeUnit.SECONDS).inputStream()));
                    assertFalse(session.sendDatagram(new byte[1]), "it has none");
                  }));
    }
  }

  @Test
  void itsServerOpensStreamsAndCloses() throws Exception {
    Kwik.patiently(this::takeStreamsAndTheClose);
  }

  private void takeStreamsAndTheClose() throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Consumer<Session> handler =
        session -> {
          session.open();
          try {
            var both = session.createBidirectionalStream();
            say(both.getOutputStream(), "anyone there?");
            answer.complete(new String(both.getInputStream().readAllBytes(), UTF_8));
            session.close(42, "that was all, née");
          } catch (IOException e) {
            answer.completeExceptionally(e);
          }
        };
    connect(
        handler,
        session -> {
          WebTransportStream both =
              session.acceptBidirectionalAsync().get(Kwik.PATIENCE, TimeUnit.SECONDS);
          assertEquals("anyone there?", new String(both.inputStream().readAllBytes(), UTF_8));
          say(both.outputStream(), "yes");
          assertEquals("yes", answer.get(Kwik.PATIENCE, TimeUnit.SECONDS));
          SessionEnding.Closed closed =
              new SessionEnding.Closed(Side.PEER, 42, "that was all, née");
          assertEquals(
              closed, session.closed().toCompletableFuture().get(Kwik.PATIENCE, TimeUnit.SECONDS));
          SessionEndedException ended =
              assertThrows(SessionEndedException.class, session::acceptBidirectional);
          assertEquals(closed, ended.ending());
        });
  }

  @Test
  void itsServerHearsOurClose() throws Exception {
    Kwik.patiently(this::closeWithItsServer);
  }

  private void closeWithItsServer() throws Exception {
    CompletableFuture<String> terminated = new CompletableFuture<>();
    CompletableFuture<Void> opened = new CompletableFuture<>();
    connect(
        session -> {
          session.registerSessionTerminatedEventListener(
              (code, reason) -> terminated.complete(code + " " + reason));
          session.open();
          opened.complete(null);
        },
        session -> {
          // It answers before its handler runs, and a close that comes in between goes unheard.
          opened.get(Kwik.PATIENCE, TimeUnit.SECONDS);
          session.close(7, "enough");
          assertEquals("7 enough", terminated.get(Kwik.PATIENCE, TimeUnit.SECONDS));
        });
  }

  @Test
  void noSessionsWithoutDatagramsUnlessAskedFor() throws Exception {
    try (OurServer server =
        OurServer.start(
            files,
            builder ->
                builder
                    .webTransport(CONFIG.withDatagramsRequired(true))
                    .webTransport("/wt", new WebTransportEcho()))) {
      assertThrows(IOException.class, () -> new Theirs(server));
    }
  }
}
