package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Handler;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.ClientAuthentication;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.CertificateFingerprint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom a client connects to, and whom it does not. */
@Timeout(240) // some start programs of the JDK
class TrustTest {

  private static final Http3Handler FINE =
      exchange -> {
        var peer = exchange.connection().peerCertificates();
        exchange.respond(
            200,
            Fields.EMPTY,
            (peer.isEmpty() ? "nobody" : peer.getFirst().getSubjectX500Principal().getName())
                .getBytes("UTF-8"));
      };

  private static String get(Http3Client client, URI uri) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static SSLHandshakeException refused(Http3Client client, URI uri) {
    SSLHandshakeException failure =
        assertThrows(SSLHandshakeException.class, () -> get(client, uri));
    ConnectionEndedException cause =
        assertInstanceOf(ConnectionEndedException.class, failure.getCause());
    assertInstanceOf(ConnectionEnding.TransportClose.class, cause.ending());
    return failure;
  }

  @Test
  void aStrangersCertificateIsRefused() throws Exception {
    try (Loopback loopback = Loopback.of(FINE);
        Http3Client wary = Loopback.clientFor(Loopback.identity("localhost")).build();
        Http3Client byDefault = Http3Client.newHttpClient();
        Http3Client careless =
            Http3Client.newBuilder().quic(Loopback.PATIENT).insecurelyTrustEveryone().build()) {
      for (Http3Client client : List.of(wary, byDefault)) {
        SSLHandshakeException failure = refused(client, loopback.uri("/"));
        assertInstanceOf(CertificateException.class, failure.getCause().getCause());
      }
      assertEquals("nobody", get(careless, loopback.uri("/")));
    }
  }

  @Test
  @Requirement({"RFC9114-3.1#1", "RFC9114-3.1#2"})
  void aNameThatIsNotInTheCertificateIsRefused() throws Exception {
    try (Loopback loopback = Loopback.of(FINE)) {
      int port = loopback.server.localAddress().getPort();
      try (Http3Client client =
          Loopback.clientFor(Loopback.IDENTITY)
              .resolve("Other.test", port, List.of(InetAddress.getLoopbackAddress()))
              .build()) {
        refused(client, URI.create("https://other.test:" + port + "/"));
      }
    }
  }

  /** A connection to the server that is there is no way to a name that it cannot prove. */
  @Test
  @Requirement({"RFC9114-3.3#2", "RFC9114-3.3#3"})
  void aConnectionServesNoNameThatIsNotInItsCertificate() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    Http3Handler counting =
        exchange -> {
          requests.incrementAndGet();
          FINE.handle(exchange);
        };
    try (Loopback loopback = Loopback.of(counting)) {
      InetSocketAddress address = loopback.server.localAddress();
      try (Http3Client client =
          Loopback.clientFor(Loopback.IDENTITY)
              .resolve("localhost", address.getPort(), List.of(address.getAddress()))
              .resolve("other.test", address.getPort(), List.of(address.getAddress()))
              .build()) {
        assertEquals("nobody", get(client, loopback.uri("/")));
        refused(client, URI.create("https://other.test:" + address.getPort() + "/"));
        assertEquals("nobody", get(client, loopback.uri("/")));
      }
    }
    assertEquals(2, requests.get());
  }

  @Test
  void anExpiredCertificateIsRefused(@TempDir Path directory) throws Exception {
    // The JDK does not look at the dates of a certificate that is trusted by itself: an issuer.
    KeytoolAuthority authority = new KeytoolAuthority(directory);
    Identity expired = authority.issue("localhost", "-20d", 10);
    Identity valid = authority.issue("localhost", "-1d", 10);
    for (Identity identity : List.of(expired, valid)) {
      try (Http3Server server =
              Http3Server.builder()
                  .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                  .identity(identity)
                  .handler(FINE)
                  .start();
          Http3Client client =
              Http3Client.newBuilder()
                  .quic(Loopback.PATIENT)
                  .trustManager(authority.trust())
                  .build()) {
        URI uri = URI.create("https://localhost:" + server.localAddress().getPort() + "/");
        if (identity == valid) {
          assertEquals("nobody", get(client, uri));
        } else {
          SSLHandshakeException failure = refused(client, uri);
          assertTrue(hasCause(failure, CertificateExpiredException.class), failure::toString);
        }
      }
    }
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theSslContextsTrustIsHonoured() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null, new TrustManager[] {Loopback.trusting(Loopback.IDENTITY)}, new SecureRandom());
    try (Loopback loopback = Loopback.of(FINE);
        Http3Client client =
            Http3Client.newBuilder().quic(Loopback.PATIENT).sslContext(context).build()) {
      assertEquals("nobody", get(client, loopback.uri("/")));
      assertEquals(context, client.sslContext());
    }
  }

  @Test
  void theSslParametersChooseSuiteAndGroup() throws Exception {
    SSLParameters parameters = new SSLParameters();
    parameters.setCipherSuites(new String[] {"TLS_CHACHA20_POLY1305_SHA256"});
    parameters.setNamedGroups(new String[] {"secp256r1"});
    try (Loopback loopback = Loopback.of(FINE, client -> client.sslParameters(parameters))) {
      HttpResponse<Void> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
      var connection = ((Http3Response<Void>) response).connection();
      assertEquals("TLS_CHACHA20_POLY1305_SHA256", connection.cipherSuite());
      assertEquals("SECP256R1", connection.keyExchangeGroup());
    }
  }

  @Test
  void sslParametersThatAllowNothingOfOursAreRefused() {
    SSLParameters parameters = new SSLParameters();
    parameters.setNamedGroups(new String[] {"ffdhe2048"});
    assertThrows(
        IllegalArgumentException.class, () -> Http3Client.newBuilder().sslParameters(parameters));
  }

  @Test
  void clientsShowTheirCertificates() throws Exception {
    Identity alice = Loopback.identity("alice");
    try (Loopback loopback =
            Loopback.of(
                FINE,
                client -> client.keyManager(Loopback.holding(alice)),
                server ->
                    server.clientAuthentication(
                        ClientAuthentication.NEED, Loopback.trusting(alice)));
        Http3Client stranger =
            Loopback.clientFor(Loopback.IDENTITY)
                .keyManager(Loopback.holding(Loopback.identity("mallory")))
                .build();
        Http3Client nobody = Loopback.clientFor(Loopback.IDENTITY).build()) {
      assertEquals("CN=alice", get(loopback.client, loopback.uri("/")));
      assertThrows(IOException.class, () -> get(stranger, loopback.uri("/")));
      assertThrows(IOException.class, () -> get(nobody, loopback.uri("/")));
    }
  }

  @Test
  @Requirement({"RFC9114-3.2#2", "RFC9114-3.2#3"})
  void theNameChoosesTheIdentity() throws Exception {
    Identity one = Loopback.identity("one.test");
    Identity two = Loopback.identity("two.test", "*.two.test");
    try (Loopback loopback =
        Loopback.of(FINE, client -> client, server -> server.identity(one).identity(two))) {
      int port = loopback.server.localAddress().getPort();
      for (var named :
          List.of(
              Map.entry("one.test", one),
              Map.entry("two.test", two),
              Map.entry("sub.two.test", two))) {
        try (Http3Client client =
            Loopback.clientFor(named.getValue())
                .resolve(named.getKey(), port, List.of(InetAddress.getLoopbackAddress()))
                .build()) {
          assertEquals("nobody", get(client, URI.create("https://" + named.getKey() + ":" + port)));
        }
      }
    }
  }

  @Test
  void aPortWhereNobodyListensIsAConnectException() throws Exception {
    int port;
    try (DatagramChannel channel =
        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }
    try (Http3Client client =
        Http3Client.newBuilder().quic(Loopback.PATIENT).insecurelyTrustEveryone().build()) {
      ConnectException failure =
          assertThrows(
              ConnectException.class,
              () -> get(client, URI.create("https://127.0.0.1:" + port + "/")));
      ConnectionEndedException cause =
          assertInstanceOf(ConnectionEndedException.class, failure.getCause());
      assertInstanceOf(ConnectionEnding.Unreachable.class, cause.ending());
    }
  }

  @Test
  void aHostThatDoesNotResolveIsAConnectException() {
    try (Http3Client client = Http3Client.newHttpClient()) {
      ConnectException failure =
          assertThrows(
              ConnectException.class, () -> get(client, URI.create("https://nowhere.invalid/")));
      assertInstanceOf(UnresolvedAddressException.class, failure.getCause());
    }
  }

  @Test
  void aDeadAddressDoesNotKeepFromALiveOne() throws Exception {
    try (Loopback loopback = Loopback.of(FINE)) {
      int port = loopback.server.localAddress().getPort();
      // Nobody listens on the second loopback address: it is refused, and the next is tried.
      List<InetAddress> addresses =
          List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1"));
      try (Http3Client client =
          Loopback.clientFor(Loopback.IDENTITY).resolve("localhost", port, addresses).build()) {
        assertEquals("nobody", get(client, loopback.uri("/")));
      }
    }
  }

  @Test
  void aServerMayAskForProofOfTheAddress() throws Exception {
    try (Loopback loopback = Loopback.of(FINE, client -> client, server -> server.retry(true))) {
      assertEquals("nobody", get(loopback.client, loopback.uri("/")));
    }
  }

  @Test
  void secretsGoToTheKeyLog() throws Exception {
    Set<String> client = Collections.synchronizedSet(new TreeSet<>());
    Set<String> server = Collections.synchronizedSet(new TreeSet<>());
    List<byte[]> randoms = Collections.synchronizedList(new ArrayList<>());
    try (Loopback loopback =
        Loopback.of(
            FINE,
            c ->
                c.keyLog(
                    (label, random, secret) -> {
                      client.add(label);
                      randoms.add(random.clone());
                    }),
            s -> s.keyLog((label, random, secret) -> server.add(label)))) {
      assertNotNull(get(loopback.client, loopback.uri("/")));
      assertTrue(client.contains("CLIENT_TRAFFIC_SECRET_0"), client::toString);
      assertEquals(client, server);
      assertEquals(32, randoms.getFirst().length);
    }
  }

  /** As a page does it that was told the hash, for a WebTransport session. */
  @Test
  void certificatesCanBeKnownByTheirHash() throws Exception {
    byte[] hash = CertificateFingerprint.sha256(Loopback.IDENTITY.certificateChain().getFirst());
    try (Loopback loopback =
            Loopback.of(
                exchange -> exchange.respond(200, Fields.EMPTY).close(),
                client -> client,
                server -> server.webTransport("/wt", session -> {}));
        Http3Client knows =
            Http3Client.newBuilder()
                .quic(Loopback.PATIENT)
                .serverCertificateHashes(List.of(new byte[32], hash))
                .webTransport(WebTransportConfig.DEFAULT)
                .build();
        Http3Client mistaken =
            Http3Client.newBuilder()
                .quic(Loopback.PATIENT)
                .serverCertificateHashes(List.of(new byte[32]))
                .build()) {
      assertNull(knows.connect(loopback.uri("/wt"), SessionOptions.DEFAULT).ending());
      assertThrows(
          SSLHandshakeException.class,
          () -> mistaken.send(loopback.request("/").build(), BodyHandlers.discarding()));
    }
  }
}
