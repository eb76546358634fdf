package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.tls.Identity;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers who know that all paths carry large datagrams, and use them from the start. */
class LargeDatagramsTest {
  private static final int LARGEST = 65_527;

  private final SplittableRandom random = new SplittableRandom(1);
  private final InetSocketAddress here =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1111);
  private final InetSocketAddress there =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 2222);
  private final Endpoint clients = TestPeers.endpoint(random.split());
  private final Endpoint servers = TestPeers.endpoint(random.split());
  private final DatagramBatch batch = new DatagramBatch(16, LARGEST);
  private long now = 1_000_000_000L;

  private Connection connect(
      int size, UnaryOperator<ClientConfig> client, UnaryOperator<ServerConfig> server) {
    TransportConfig large =
        TransportConfig.DEFAULTS
            .withInitialDatagramSize(size)
            .withMaxReceivedDatagramSize(LARGEST)
            .withPacing(false);
    servers.listen(server.apply(TestPeers.server(random.split()).withTransport(large)));
    ClientConfig calling = TestPeers.client(random.split()).withTransport(large);
    return clients.connect(null, there, client.apply(calling), now);
  }

  /** Everything that one side has to say reaches the other at once. */
  private void exchange(Endpoint from, Endpoint to, InetSocketAddress source) {
    now += 1_000_000;
    while (from.accept() != null) {}
    for (Connection c = from.nextTouched(); c != null; c = from.nextTouched()) {
      while (c.nextEvent() != null) {}
    }
    boolean more = true;
    while (more) {
      batch.clear();
      more = from.send(now, batch);
      DatagramBatch arriving = new DatagramBatch(16, LARGEST);
      for (int i = 0; i < batch.count(); i++) {
        System.arraycopy(
            batch.buffer(),
            batch.offset(i),
            arriving.buffer(),
            arriving.nextOffset(),
            batch.length(i));
        arriving.add(batch.length(i), source == here ? there : here, source, 0);
      }
      to.receive(arriving, now);
    }
  }

  private void roundTrip() {
    exchange(clients, servers, here);
    exchange(servers, clients, there);
  }

  /** What it may send then is less than one of them (RFC 9000 §8.1). */
  @ParameterizedTest
  @ValueSource(ints = {1452, 4000, 9000, LARGEST})
  void aServerAnswersAtOnceAClientWhoseAddressIsNotProven(int size) {
    Connection client = connect(size, config -> config, config -> config);
    roundTrip();
    assertTrue(client.handshake.isComplete());
    roundTrip();
    assertTrue(client.handshake.isConfirmed());
    assertEquals(size, client.recovery.path().maxDatagramSize());
  }

  /** The Length field of a long header counts to 16383, in the two bytes that it is given. */
  @Test
  void aFlightThatIsLongerThanAnyPacketOfTheHandshake() {
    List<String> names = IntStream.range(0, 60).mapToObj(i -> "a-name-with-number-" + i).toList();
    Identity one =
        SelfSignedIdentity.create(names, Duration.ofDays(10), random.split(), TestPeers.CLOCK);
    X509Certificate certificate = one.certificateChain().getFirst();
    Identity many = Identity.of(Collections.nCopies(15, certificate), one.privateKey());
    assertTrue(many.certificateMessage().length > 16_383);
    Connection client =
        connect(
            LARGEST,
            config -> config.withTls(trusting(config.tls(), certificate)),
            config ->
                config.withTls(config.tls().toBuilder().identity(many).build()).withRetry(true));
    for (int i = 0; i < 3; i++) {
      roundTrip();
    }
    assertNull(client.ending());
    assertTrue(client.handshake.isConfirmed());
  }

  private static TlsClientConfig trusting(TlsClientConfig tls, X509Certificate certificate) {
    return tls.toBuilder()
        .serverName("a-name-with-number-1")
        .certificateVerifier(PinnedVerifier.of(certificate))
        .build();
  }
}
