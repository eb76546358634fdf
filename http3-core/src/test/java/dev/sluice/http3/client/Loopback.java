package dev.sluice.http3.client;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Handler;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** A server and a client that trusts it, over real UDP on the loopback interface. */
public final class Loopback implements AutoCloseable {

  /** Made once: the tests' server for "localhost". */
  public static final Identity IDENTITY = identity("localhost", "127.0.0.1", "::1");

  /** For handshakes on a busy machine, the first of which loads half of the library's classes. */
  public static final TransportConfig PATIENT =
      TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofMinutes(1));

  public final Http3Server server;
  public final Http3Client client;

  private Loopback(Http3Server server, Http3Client client) {
    this.server = server;
    this.client = client;
  }

  public static Loopback of(Http3Handler handler) throws IOException {
    return of(handler, client -> client, server -> server);
  }

  public static Loopback of(Http3Handler handler, UnaryOperator<Http3Client.Builder> client)
      throws IOException {
    return of(handler, client, server -> server);
  }

  public static Loopback of(
      Http3Handler handler,
      UnaryOperator<Http3Client.Builder> client,
      UnaryOperator<Http3ServerBuilder> server)
      throws IOException {
    Http3ServerBuilder builder =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .quic(PATIENT)
            .handler(handler);
    Http3Server started = server.apply(builder.identity(IDENTITY)).start();
    InetSocketAddress address = started.localAddress();
    // Or else a slow handshake has the client try an IPv6 address of the host's, too, where nobody
    // listens: a connection that no test reckons with.
    Http3Client.Builder knowing =
        clientFor(IDENTITY).resolve("localhost", address.getPort(), List.of(address.getAddress()));
    return new Loopback(started, client.apply(knowing).build());
  }

  /** A builder of clients that trust this identity, and no other. */
  public static Http3Client.Builder clientFor(Identity identity) {
    return Http3Client.newBuilder().quic(PATIENT).trustManager(trusting(identity));
  }

  public static Identity identity(String... names) {
    return SelfSignedIdentity.create(
        List.of(names), Duration.ofDays(10), new SecureRandom(), InstantSource.system());
  }

  public static X509TrustManager trusting(Identity identity) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("it", identity.certificateChain().getFirst());
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  public static X509ExtendedKeyManager holding(Identity identity) {
    try {
      char[] password = new char[0];
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry(
          "it",
          identity.privateKey(),
          password,
          identity.certificateChain().toArray(java.security.cert.Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  public URI uri(String path) {
    return URI.create("https://localhost:" + server.localAddress().getPort() + path);
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path));
  }

  /** A server whose connections do not end for want of traffic. */
  static Loopback lasting(int contentLength) throws IOException {
    return of(
        exchange -> exchange.respond(200, Fields.EMPTY, bytes(contentLength)),
        client -> client.idleTimeout(Duration.ZERO),
        server -> server.quic(PATIENT.withIdleTimeout(Duration.ZERO)));
  }

  /** Bytes that look random and are the same each time. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.close();
  }
}
