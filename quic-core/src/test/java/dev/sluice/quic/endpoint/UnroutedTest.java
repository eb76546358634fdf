package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What a server answers to datagrams that belong to no connection (RFC 9000 §5.2.2). */
class UnroutedTest {
  static final ConnectionId DESTINATION = ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  private static final ConnectionId SOURCE = ConnectionId.of(new byte[] {9, 9, 9, 9});

  private final SplittableRandom random = new SplittableRandom(1);
  private final InetSocketAddress here = new InetSocketAddress("192.0.2.98", 443);
  private final InetSocketAddress client = new InetSocketAddress("192.0.2.1", 1000);
  private Endpoint endpoint = TestPeers.endpoint(random.split());

  private List<byte[]> answers(byte[] datagram) {
    DatagramBatch in = new DatagramBatch(1, 2048);
    System.arraycopy(datagram, 0, in.buffer(), in.nextOffset(), datagram.length);
    in.add(datagram.length, here, client, 0);
    endpoint.receive(in, 0);
    DatagramBatch out = new DatagramBatch(16, 2048);
    endpoint.send(0, out);
    List<byte[]> answers = new ArrayList<>();
    for (int i = 0; i < out.count(); i++) {
      int offset = out.offset(i);
      answers.add(Arrays.copyOfRange(out.buffer(), offset, offset + out.length(i)));
    }
    return answers;
  }

  private void listen(boolean retry) {
    endpoint.listen(TestPeers.server(random.split()).withRetry(retry));
  }

  /** A packet of a client that is as long as is said, tag included. */
  static byte[] packet(PacketType type, ConnectionId destination, int length) {
    return packet(type, destination, Bytes.EMPTY, length);
  }

  private static byte[] packet(PacketType type, ConnectionId destination, Bytes token, int length) {
    PacketKeys keys = InitialKeys.client(QuicVersion.V1, destination);
    byte[] datagram = new byte[length];
    WireWriter out = new WireWriter(datagram, 0, length);
    int lengthField =
        LongHeaderWriter.begin(out, type, QuicVersion.V1, destination, SOURCE, token, 0, 2);
    int start = out.position();
    out.u8(1); // PING, and PADDING behind it
    LongHeaderWriter.finishLength(datagram, lengthField, length);
    keys.seal(datagram, 0, start, length - 16 - start, 0);
    keys.protectHeader(datagram, 0, start - 2, 2);
    return datagram;
  }

  static byte[] unknownVersion(int length) {
    byte[] datagram = packet(PacketType.INITIAL, DESTINATION, length);
    datagram[1] = 0x1a;
    return datagram;
  }

  @Test
  @Requirement({"RFC9000-5.2.2#3", "RFC9000-17.2.1#7"})
  void oneFullDatagramOfAnUnknownVersionIsAnsweredOnce() {
    listen(false);
    assertEquals(List.of(), answers(unknownVersion(1199)));
    List<byte[]> answers = answers(unknownVersion(1200));
    assertEquals(1, answers.size());
    byte[] answer = answers.getFirst();
    assertInstanceOf(
        VersionNegotiationHeader.class, PacketParser.parse(answer, 0, answer.length, 8));
    byte[] two = Arrays.copyOf(unknownVersion(700), 1400);
    System.arraycopy(unknownVersion(700), 0, two, 700, 700);
    assertEquals(1, answers(two).size());
  }

  @Test
  @Requirement({"RFC9000-5.2.2#8", "RFC9000-10.3#7"})
  void whatBeginsNoConnectionIsDropped() {
    listen(true);
    assertEquals(List.of(), answers(packet(PacketType.HANDSHAKE, DESTINATION, 1200)));
    assertEquals(List.of(), answers(packet(PacketType.ZERO_RTT, DESTINATION, 1200)));
    assertEquals(
        List.of(),
        answers(packet(PacketType.INITIAL, ConnectionId.of(new byte[] {1, 2, 3}), 1200)));
    byte[] offer = unknownVersion(1200);
    Arrays.fill(offer, 1, 5, (byte) 0);
    assertEquals(List.of(), answers(offer));
    byte[] retry = packet(PacketType.INITIAL, DESTINATION, 1200);
    retry[0] |= (byte) 0xf0;
    assertEquals(List.of(), answers(retry));
    for (int length = 1; length <= 21; length++) {
      byte[] tiny = new byte[length];
      tiny[0] = 0x40;
      assertEquals(List.of(), answers(tiny));
    }
    assertNull(endpoint.accept());
  }

  @Test
  @Requirement("RFC9000-14.1#4")
  void anInitialInASmallDatagramIsDropped() {
    listen(false);
    assertEquals(List.of(), answers(packet(PacketType.INITIAL, DESTINATION, 1199)));
    assertNull(endpoint.accept());
    answers(packet(PacketType.INITIAL, DESTINATION, 1200));
    assertNotNull(endpoint.accept());
  }

  @Test
  @Requirement("RFC9000-17.2.5.1#5")
  void aDatagramGetsOneRetry() {
    listen(true);
    byte[] two = Arrays.copyOf(packet(PacketType.INITIAL, DESTINATION, 700), 1400);
    System.arraycopy(packet(PacketType.INITIAL, DESTINATION, 700), 0, two, 700, 700);
    List<byte[]> answers = answers(two);
    assertEquals(1, answers.size());
    byte[] answer = answers.getFirst();
    assertInstanceOf(RetryHeader.class, PacketParser.parse(answer, 0, answer.length, 8));
  }

  /** However unlikely it is that a random ID is the client's own. */
  @Test
  @Requirement("RFC9000-17.2.5.1#1")
  void aRetryNamesAnotherIdThanTheClients() {
    ConnectionIdGenerator unlucky =
        new ConnectionIdGenerator() {
          private int asked;

          @Override
          public ConnectionId next(RandomGenerator from) {
            return asked++ < 3 ? DESTINATION : ConnectionId.of(new byte[] {8, 8, 8, 8, 8, 8, 8, 8});
          }

          @Override
          public int length() {
            return 8;
          }
        };
    endpoint = new Endpoint(EndpointConfig.of(random).withConnectionIds(unlucky));
    listen(true);
    byte[] answer = answers(packet(PacketType.INITIAL, DESTINATION, 1200)).getFirst();
    RetryHeader retry = (RetryHeader) PacketParser.parse(answer, 0, answer.length, 8);
    assertNotEquals(DESTINATION, retry.source());
  }

  @Test
  @Requirement("RFC9000-5.1#3")
  void withoutConnectionIdsAnAddressHasOneConnection() {
    EndpointConfig none =
        EndpointConfig.of(random).withConnectionIds(ConnectionIdGenerator.random(0));
    endpoint = new Endpoint(none);
    listen(false);
    answers(packet(PacketType.INITIAL, DESTINATION, 1200));
    answers(packet(PacketType.INITIAL, ConnectionId.of(new byte[8]), 1200));
    assertEquals(1, endpoint.connections().size());
    Endpoint connecting = new Endpoint(none);
    ClientConfig config = TestPeers.client(random.split());
    connecting.connect(here, client, config, 0);
    assertThrows(IllegalStateException.class, () -> connecting.connect(here, client, config, 0));
  }

  /** Each is for one connection in the life of a key, and all are of one length. */
  @Test
  @Requirement({"RFC9000-10.3.2#2", "RFC9000-10.3.2#3", "RFC9000-10.3.2#4"})
  void idsDoNotComeTwice() {
    ConnectionIdGenerator ids =
        ConnectionIdGenerator.random(EndpointConfig.DEFAULT_CONNECTION_ID_LENGTH);
    Set<ConnectionId> seen = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      ConnectionId id = ids.next(random);
      assertEquals(ids.length(), id.length());
      assertTrue(seen.add(id));
    }
  }

  /** However long the reason for it is that the program gives. */
  @Test
  void aRefusalFitsItsDatagram() {
    String reason = "no, and here is why: ".repeat(100);
    endpoint.listen(
        TestPeers.server(random.split())
            .withAdmission(asks -> new Admission.Decision.Refuse(reason)));
    List<byte[]> answers = answers(packet(PacketType.INITIAL, DESTINATION, 1200));
    assertEquals(1, answers.size());
    assertTrue(answers.getFirst().length <= 1200);
  }

  /** Whoever makes tokens up, of any length and with any hash, fills no memory with them. */
  @Test
  void onlyTokensOfOursAreRemembered() {
    listen(false);
    answers(packet(PacketType.INITIAL, DESTINATION, Bytes.of(new byte[900]), 1200));
    assertNotNull(endpoint.accept(), "it is as if there were none");
    endpoint.measure(
        (what, amount, most) -> assertEquals(0, what.equals("used tokens") ? amount : 0));
  }
}
