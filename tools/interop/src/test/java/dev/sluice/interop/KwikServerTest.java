package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.peers.Kwik;
import dev.sluice.peers.PeerFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnectionConfig.RetryRequired;
import tech.kwik.core.server.ServerConnector;
import tech.kwik.flupke.server.Http3ApplicationProtocolFactory;
import tech.kwik.flupke.server.HttpServerRequest;
import tech.kwik.flupke.server.HttpServerResponse;

/** Our client with the server of kwik and flupke. */
@Tag("interop")
@Timeout(value = 330, unit = TimeUnit.SECONDS)
class KwikServerTest {
  private static final char[] PASSWORD = "interop".toCharArray();

  @TempDir Path folder;
  private final List<Digest> received = new CopyOnWriteArrayList<>();
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  private ServerConnector server(DatagramSocket socket, RetryRequired retry) throws Exception {
    ServerConnector server =
        ServerConnector.builder()
            .withSocket(socket)
            .withKeyStore(files.keyStore(PASSWORD), "peer", PASSWORD)
            .withConfiguration(limits().retryRequired(retry).build())
            .withLogger(new NullLogger())
            .build();
    server.registerApplicationProtocol("h3", new Http3ApplicationProtocolFactory(this::answer));
    server.start();
    return server;
  }

  /** Without these it allows no streams and no data. */
  private static ServerConnectionConfig.Builder limits() {
    return ServerConnectionConfig.builder()
        .maxIdleTimeoutInSeconds(30)
        .maxConnectionBufferSize(1 << 20)
        .maxBidirectionalStreamBufferSize(1 << 18)
        .maxUnidirectionalStreamBufferSize(1 << 16)
        .maxOpenPeerInitiatedBidirectionalStreams(100)
        .maxOpenPeerInitiatedUnidirectionalStreams(10);
  }

  private void answer(HttpServerRequest request, HttpServerResponse response) throws IOException {
    response.setStatus(200);
    try (OutputStream out = response.getOutputStream()) {
      if (request.path().equals("/digest")) {
        Digest digest = Digest.of(request.body());
        received.add(digest);
        out.write(digest.toString().getBytes(StandardCharsets.US_ASCII));
      } else {
        out.write(new TestBody(Long.parseLong(request.path().substring(1))).bytes());
      }
    }
  }

  private static DatagramSocket loopbackSocket() throws IOException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private OurClient client(DatagramSocket socket) {
    return OurClient.to(socket.getLocalPort(), files)
        .withPatience(Duration.ofSeconds(Kwik.PATIENCE));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 40_000, 200_000})
  void get(long length) throws Exception {
    TestBody body = new TestBody(length);
    try (DatagramSocket socket = loopbackSocket();
        ServerConnector server = server(socket, RetryRequired.Never)) {
      assertTrue(server.getRegisteredApplicationProtocols().contains("h3"));
      Kwik.patiently(
          () -> {
            try (OurClient client = client(socket)) {
              OurClient.Answer got = client.getAll(List.of("/" + length)).getFirst();
              assertEquals(200, got.status());
              assertEquals(body.digest(), got.body());
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000})
  void post(long length) throws Exception {
    try (DatagramSocket socket = loopbackSocket();
        ServerConnector server = server(socket, RetryRequired.Never)) {
      assertTrue(server.getRegisteredApplicationProtocols().contains("h3"));
      TestBody body = new TestBody(length);
      Kwik.patiently(
          () -> {
            try (OurClient client = client(socket)) {
              OurClient.Answer posted = client.post("/digest", body);
              assertEquals(200, posted.status());
              assertEquals(body.digest().toString().length(), posted.body().length());
              assertEquals(Set.of(body.digest()), Set.copyOf(received));
            }
          });
    }
  }

  @Test
  void retryAndManyAtOnce() throws Exception {
    TestBody body = new TestBody(20_000);
    try (DatagramSocket socket = loopbackSocket();
        ServerConnector server = server(socket, RetryRequired.Always)) {
      assertTrue(server.getRegisteredApplicationProtocols().contains("h3"));
      Kwik.patiently(
          () -> {
            try (OurClient client = client(socket)) {
              for (OurClient.Answer answer : client.getAll(Collections.nCopies(50, "/20000"))) {
                assertEquals(200, answer.status());
                assertEquals(body.digest(), answer.body());
              }
            }
          });
    }
  }
}
