package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.AdmissionByLoad;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What an endpoint does with datagrams, one at a time. */
class EndpointTest {
  private static final long MILLI = 1_000_000;

  private final SplittableRandom random = new SplittableRandom(1);
  private final InetSocketAddress here = new InetSocketAddress("192.0.2.1", 443);
  private final EndpointConfig serverKeys = EndpointConfig.of(random.split());
  private final Endpoint server = new Endpoint(serverKeys);
  private long now = 5_000 * MILLI;

  private static InetSocketAddress there(int port) {
    return new InetSocketAddress("198.51.100.7", port);
  }

  private ServerConfig config() {
    return TestPeers.server(random.split());
  }

  private ClientConfig clientConfig() {
    return TestPeers.client(random.split());
  }

  private static DatagramBatch batch() {
    return new DatagramBatch(64, 2048);
  }

  private static List<byte[]> take(DatagramBatch batch) {
    List<byte[]> datagrams = new ArrayList<>();
    for (int i = 0; i < batch.count(); i++) {
      int from = batch.offset(i);
      datagrams.add(Arrays.copyOfRange(batch.buffer(), from, from + batch.length(i)));
    }
    return datagrams;
  }

  /** What the endpoint has to say now. */
  private List<byte[]> sent(Endpoint endpoint) {
    while (endpoint.nextTouched() != null) {
      // Nobody is interested in its events.
    }
    DatagramBatch out = batch();
    endpoint.send(now, out);
    return take(out);
  }

  private List<byte[]> sentEvents(Endpoint endpoint) {
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      while (c.nextEvent() != null) {
        // Nobody is interested.
      }
    }
    DatagramBatch out = batch();
    endpoint.send(now, out);
    return take(out);
  }

  private void deliver(Endpoint to, List<byte[]> datagrams, InetSocketAddress from) {
    for (byte[] datagram : datagrams) {
      DatagramBatch in = batch();
      System.arraycopy(datagram, 0, in.buffer(), in.nextOffset(), datagram.length);
      in.add(datagram.length, here, from, 0);
      to.receive(in, now);
    }
  }

  private List<byte[]> answer(byte[] datagram, InetSocketAddress from) {
    deliver(server, List.of(datagram), from);
    return sent(server);
  }

  /** A client's first datagrams. */
  private List<byte[]> firstFlight(ClientConfig config) {
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    client.connect(null, here, config, now);
    return sent(client);
  }

  private static PacketHeader header(byte[] datagram) {
    return PacketParser.parse(datagram, 0, datagram.length, 8, true);
  }

  private byte[] unknownVersion(int length) {
    byte[] datagram = new byte[length];
    random.nextBytes(datagram);
    byte[] head = {(byte) 0x80, 0x1a, 0x2a, 0x3a, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 3, 9, 9, 9};
    System.arraycopy(head, 0, datagram, 0, head.length);
    return datagram;
  }

  // ---- versions ----

  @Test
  @Requirement({
    "RFC9000-6.1#1",
    "RFC9000-6.1#2",
    "RFC9000-17.2.1#7",
    "RFC8999-6#3",
    "RFC8999-6#4",
    "RFC9368-2.1#1",
    "RFC9368-2.1#2"
  })
  void anUnknownVersionIsAnsweredWithThoseOnOffer() {
    server.listen(config());
    List<byte[]> answers = answer(unknownVersion(1200), there(1));
    assertEquals(1, answers.size());
    assertTrue(answers.getFirst().length < 1200 / 3);
    VersionNegotiationHeader offer =
        assertInstanceOf(VersionNegotiationHeader.class, header(answers.getFirst()));
    assertEquals(3, offer.destination().length());
    assertEquals(8, offer.source().length());
    assertEquals(3, offer.versions().length);
    assertTrue(QuicVersion.isGrease(offer.versions()[0]));
    assertEquals(QuicVersion.V1.number(), offer.versions()[1]);
    assertEquals(QuicVersion.V2.number(), offer.versions()[2]);
    // An offer is no reason for another (§6.1), and a small datagram neither (§5.2.2, §14.1).
    assertEquals(List.of(), answer(answers.getFirst(), there(1)));
    assertEquals(List.of(), answer(Arrays.copyOf(answers.getFirst(), 1200), there(1)));
    assertEquals(List.of(), answer(unknownVersion(1199), there(1)));
  }

  @Test
  @Requirement({"RFC9368-2.1#1", "RFC9368-2.1#6"})
  void aKnownVersionThatIsNotSpokenIsTreatedTheSame() {
    Versions both = Versions.of(QuicVersion.V2, QuicVersion.V1);
    ClientConfig client =
        clientConfig()
            .withTransport(
                TransportConfig.DEFAULTS.withVersions(both.withOriginal(QuicVersion.V2)));
    server.listen(
        config().withTransport(TransportConfig.DEFAULTS.withVersions(Versions.of(QuicVersion.V1))));
    byte[] initial = firstFlight(client).getFirst();
    VersionNegotiationHeader offer =
        assertInstanceOf(
            VersionNegotiationHeader.class, header(answer(initial, there(1)).getFirst()));
    assertEquals(2, offer.versions().length);
    assertNull(server.accept());
    // Only servers offer versions.
    Endpoint none = new Endpoint(EndpointConfig.of(random.split()));
    deliver(none, List.of(initial, unknownVersion(1200)), there(1));
    assertEquals(List.of(), sent(none));
  }

  @Test
  void theOfferIsWhatIsConfigured() {
    Versions rollingOut =
        Versions.of(QuicVersion.V1, QuicVersion.V2).withOffered(List.of(QuicVersion.V1));
    server.listen(config().withTransport(TransportConfig.DEFAULTS.withVersions(rollingOut)));
    VersionNegotiationHeader offer =
        (VersionNegotiationHeader) header(answer(unknownVersion(1200), there(1)).getFirst());
    assertEquals(2, offer.versions().length);
    assertEquals(1, offer.versions()[1]);
  }

  @Test
  void answersWithoutStateAreLimited() {
    server.listen(config());
    int answered = 0;
    for (int i = 0; i < 5_000; i++) {
      answered += answer(unknownVersion(1200), there(i)).size();
    }
    assertEquals(1_000, answered);
    now += 10 * MILLI;
    for (int i = 0; i < 5_000; i++) {
      answered += answer(unknownVersion(1200), there(i)).size();
    }
    assertEquals(1_100, answered);
    // No more than a few wait for the socket at a time.
    now += 1_000 * MILLI;
    for (int i = 0; i < 500; i++) {
      deliver(server, List.of(unknownVersion(1200)), there(i));
    }
    assertEquals(64, sent(server).size());
  }

  // ---- admission ----

  @Test
  void whoIsAskedAbout() {
    List<Admission.Client> asked = new ArrayList<>();
    server.listen(
        config()
            .withAdmission(
                client -> {
                  asked.add(client);
                  return Admission.ACCEPT;
                }));
    answer(firstFlight(clientConfig()).getFirst(), there(1));
    answer(firstFlight(clientConfig()).getFirst(), there(2));
    assertEquals(new Admission.Client(here, there(1), false, 0, 0), asked.getFirst());
    assertEquals(new Admission.Client(here, there(2), false, 1, 0), asked.getLast());
    // Datagrams of a connection that is there are nobody's decision.
    assertEquals(2, asked.size());
    assertTrue(server.accept() != null && server.accept() != null);
  }

  @Test
  void whoIsRefusedAndWhoIsIgnored() {
    server.listen(config().withAdmission(c -> new Admission.Decision.Refuse("not you")));
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    Connection connection = client.connect(null, here, clientConfig(), now);
    deliver(server, sent(client), there(1));
    List<byte[]> refusal = sent(server);
    deliver(client, refusal, here);
    assertEquals(
        new ConnectionEnding.TransportClose(
            ConnectionEnding.Side.PEER, TransportError.CONNECTION_REFUSED.code(), 0, "not you"),
        connection.ending());
    server.listen(config().withAdmission(c -> Admission.IGNORE));
    assertEquals(List.of(), answer(firstFlight(clientConfig()).getFirst(), there(1)));
    assertNull(server.accept());
  }

  @Test
  @Requirement({"RFC9000-17.2.5#1", "RFC9000-17.2.5.1#1", "RFC9000-17.2.5.1#5"})
  void whoHasToProveItsAddress() {
    List<Admission.Client> asked = new ArrayList<>();
    server.listen(
        config()
            .withAdmission(
                client -> {
                  asked.add(client);
                  return Admission.RETRY; // even of those that have; for them it is a yes
                }));
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    client.connect(null, here, clientConfig(), now);
    List<byte[]> first = sent(client);
    LongHeader initial = (LongHeader) header(first.getFirst());
    deliver(server, first.subList(0, 1), there(1));
    List<byte[]> answers = sent(server);
    assertEquals(1, answers.size(), "one for a datagram");
    RetryHeader retry = assertInstanceOf(RetryHeader.class, header(answers.getFirst()));
    assertFalse(retry.source().equals(initial.destination()));
    byte[] unusedBitsSet = answers.getFirst();
    deliver(client, List.of(unusedBitsSet), here);
    List<byte[]> again = sent(client);
    assertEquals(retry.source(), header(again.getFirst()).destination());
    deliver(server, again, there(1));
    assertTrue(server.accept() != null);
    assertTrue(asked.getLast().addressValidated());
    // From another port the token proves nothing (§8.1.2), and says so.
    Endpoint other = new Endpoint(serverKeys);
    other.listen(config());
    deliver(other, again.subList(0, 1), there(2));
    assertEquals(1, sent(other).size());
    assertNull(other.accept());
  }

  @Test
  @Requirement("RFC9000-8.1.4#6")
  void aTokenOpensOneConnection() {
    server.listen(config().withRetry(true));
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    client.connect(null, here, clientConfig(), now);
    deliver(server, sent(client), there(1));
    deliver(client, sent(server), here);
    List<byte[]> withToken = sent(client);
    Endpoint twin = new Endpoint(serverKeys);
    twin.listen(config().withRetry(true));
    deliver(twin, withToken.subList(0, 1), there(1));
    assertTrue(twin.accept() != null);
    // Somebody sends it again after the connection is gone.
    Endpoint later = twin;
    later.connections().forEach(c -> c.giveUp(now));
    sent(later);
    while (!later.connections().isEmpty()) {
      later.connections().forEach(later::touch);
      sentEvents(later);
    }
    deliver(later, withToken.subList(0, 1), there(1));
    assertNull(later.accept());
    assertInstanceOf(RetryHeader.class, header(sent(later).getFirst()));
  }

  @Test
  void admissionByLoad() {
    AdmissionByLoad load = new AdmissionByLoad(2, 5);
    assertEquals(Admission.ACCEPT, decide(load, false, 1, 0));
    assertEquals(Admission.RETRY, decide(load, false, 2, 0));
    assertEquals(Admission.ACCEPT, decide(load, true, 2, 0));
    assertInstanceOf(Admission.Decision.Refuse.class, decide(load, true, 2, 3));
    assertEquals(Admission.ACCEPT, decide(load, false, 0, 4));
    assertEquals(Admission.RETRY, decide(load.withRetry(true), false, 0, 0));
    assertEquals(Admission.ACCEPT, decide(load.withRetryFrom(3), false, 2, 0));
    assertInstanceOf(
        Admission.Decision.Refuse.class, decide(load.withMaxConnections(0), false, 0, 0));
  }

  private static Admission.Decision decide(
      Admission load, boolean validated, int handshaking, int established) {
    return load.decide(new Admission.Client(null, there(1), validated, handshaking, established));
  }

  @Test
  void handshakesAreCountedUntilTheyAreOver() {
    int[] last = {-1, -1};
    server.listen(
        config()
            .withAdmission(
                client -> {
                  last[0] = client.handshaking();
                  last[1] = client.established();
                  return Admission.ACCEPT;
                }));
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    Connection connection = client.connect(null, here, clientConfig(), now);
    for (int i = 0; i < 10; i++) {
      deliver(server, sentEvents(client), there(1));
      deliver(client, sentEvents(server), here);
      now += 30 * MILLI;
      client.onDeadline(now);
      server.onDeadline(now);
    }
    assertTrue(connection.tls() != null);
    answer(firstFlight(clientConfig()).getFirst(), there(2));
    assertEquals(0, last[0]);
    assertEquals(1, last[1]);
    // The second one never answers, and is over with its timeout.
    now += 60_000 * MILLI;
    server.onDeadline(now);
    sentEvents(server);
    answer(firstFlight(clientConfig()).getFirst(), there(3));
    assertEquals(0, last[0]);
    assertEquals(0, last[1]);
  }

  // ---- connection IDs ----

  /** So that a reset token, which follows from the ID, belongs to one connection for ever. */
  @Test
  @Requirement({"RFC9000-10.3.2#2", "RFC9000-10.3.2#3", "RFC9000-10.3.2#4"})
  void noIdIsIssuedTwiceAndAllHaveOneLength() {
    StatelessResets resets = new StatelessResets(serverKeys.resetKey(), random);
    Routes routes = new Routes(serverKeys, resets);
    Set<ConnectionId> seen = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      Route route = new Route(routes, resets, false);
      ConnectionId id = route.issue();
      assertEquals(8, id.length());
      assertTrue(seen.add(id));
      if (i % 2 == 0) {
        route.retire(id);
      }
    }
  }

  // ---- without connection IDs ----

  @Test
  @Requirement("RFC9000-5.1#3")
  void withoutIdsAnAddressHasOneConnection() {
    Endpoint client =
        new Endpoint(
            EndpointConfig.of(random.split()).withConnectionIds(ConnectionIdGenerator.random(0)));
    client.connect(null, here, clientConfig(), now);
    assertThrows(
        IllegalStateException.class, () -> client.connect(null, here, clientConfig(), now));
    client.connect(null, there(5), clientConfig(), now);
    assertThrows(IllegalArgumentException.class, () -> ConnectionIdGenerator.random(3));
    assertThrows(IllegalArgumentException.class, () -> ConnectionIdGenerator.random(21));
  }

  @Test
  @Requirement("RFC9000-5.1#3")
  void aServerWithoutIdsRefusesASecondConnectionFromAnAddress() {
    Endpoint bare = new Endpoint(serverKeys.withConnectionIds(ConnectionIdGenerator.random(0)));
    bare.listen(config());
    deliver(bare, firstFlight(clientConfig()).subList(0, 1), there(1));
    assertTrue(bare.accept() != null);
    sent(bare);
    deliver(bare, firstFlight(clientConfig()).subList(0, 1), there(1));
    assertNull(bare.accept());
    LongHeader refusal = (LongHeader) header(sent(bare).getFirst());
    assertEquals(PacketType.INITIAL, refusal.type());
    deliver(bare, firstFlight(clientConfig()).subList(0, 1), there(2));
    assertTrue(bare.accept() != null);
    // Nothing computes a reset token from an ID that is not there (§10.3.2).
    byte[] lost = new byte[60];
    lost[0] = 0x40;
    deliver(bare, List.of(lost), there(3));
    sent(bare);
    deliver(bare, List.of(lost), there(3));
    assertEquals(List.of(), sent(bare));
  }

  /** Two that close, and room for one datagram at a time. */
  @Test
  void aFullBatchKeepsNobodyFromSayingThatItCloses() {
    Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
    for (int port = 1; port <= 2; port++) {
      client.connect(here, there(port), clientConfig(), now);
    }
    sentEvents(client);
    for (Connection each : List.copyOf(client.connections())) {
      each.close(0, "");
      client.touch(each);
    }
    for (Connection c = client.nextTouched(); c != null; c = client.nextTouched()) {
      while (c.nextEvent() != null) {
        // Nobody is interested.
      }
    }
    DatagramBatch out = new DatagramBatch(1, 2048);
    assertTrue(client.send(now, out));
    assertEquals(there(1), out.remote(0));
    assertEquals(1, client.connections().size(), "the other has to say it first");
    out.clear();
    assertFalse(client.send(now, out));
    assertEquals(there(2), out.remote(0));
    assertTrue(client.connections().isEmpty());
    assertFalse(client.isQuiet());
    while (client.nextDeadline() < Long.MAX_VALUE) {
      now = client.nextDeadline();
      client.onDeadline(now);
      sent(client);
    }
    assertTrue(client.isQuiet());
  }

  /** Whoever opens connections to have them closed at once finds that they count (§10.2). */
  @Test
  void whatWasClosedCountsUntilItIsForgotten() {
    List<Integer> counted = new ArrayList<>();
    server.listen(
        config()
            .withAdmission(
                asking -> {
                  counted.add(asking.handshaking() + asking.established());
                  return Admission.ACCEPT;
                }));
    answer(firstFlight(clientConfig()).getFirst(), there(1));
    Connection first = server.accept();
    first.close(0, "");
    server.touch(first);
    sentEvents(server);
    assertTrue(server.connections().isEmpty());
    answer(firstFlight(clientConfig()).getFirst(), there(2));
    assertEquals(List.of(0, 1), counted);
  }

  /** As when the program's tracers cannot be had. */
  @Test
  void aConnectionThatCannotBeMadeLeavesNothingBehind() {
    Supplier<Tracer> none =
        () -> {
          throw new IllegalStateException("no tracer");
        };
    server.listen(config().withTracer(none));
    List<byte[]> flight = firstFlight(clientConfig());
    assertThrows(IllegalStateException.class, () -> deliver(server, flight, there(1)));
    ClientConfig client = clientConfig().withTracer(none);
    assertThrows(IllegalStateException.class, () -> server.connect(null, there(2), client, now));
    assertTrue(server.isQuiet());
    server.measure((what, amount, most) -> assertTrue(amount <= most, what));
  }
}
