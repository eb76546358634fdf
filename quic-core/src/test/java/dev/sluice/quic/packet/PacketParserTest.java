package dev.sluice.quic.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketParserTest {
  private static final ConnectionId FOUR = ConnectionId.of(new byte[] {1, 2, 3, 4});
  private static final ConnectionId NINE = ConnectionId.of(new byte[9]);

  private static PacketHeader parse(String hex) {
    byte[] datagram = HexFormat.of().parseHex(hex.replace(" ", ""));
    return PacketParser.parse(datagram, 0, datagram.length, 4);
  }

  /** Reads a whole datagram as a connection would. */
  private static int walk(byte[] datagram, int localLength) {
    int packets = 0;
    int at = 0;
    while (at < datagram.length) {
      int end;
      switch (PacketParser.parse(datagram, at, datagram.length, localLength)) {
        case LongHeader header -> {
          assertTrue(header.packetNumberOffset() > at && header.start() == at);
          assertTrue(header.destination().length() <= 20 && header.source().length() <= 20);
          assertTrue(header.packetNumberOffset() <= header.end());
          end = header.end();
        }
        case ShortHeader header -> {
          assertEquals(localLength, header.destination().length());
          end = header.end();
        }
        case RetryHeader header -> {
          assertTrue(header.token().length() > 0);
          end = header.end();
        }
        case VersionNegotiationHeader header -> {
          assertTrue(header.versions().length > 0);
          end = datagram.length;
        }
        case UnknownVersionHeader header -> {
          assertTrue(header.version() != 0 && QuicVersion.of(header.version()) == null);
          end = datagram.length;
        }
        case null -> {
          return packets;
        }
      }
      assertTrue(end > at && end <= datagram.length);
      packets++;
      at = end;
    }
    return packets;
  }

  @Test
  @Requirement({"RFC9000-17.2#1", "RFC9000-17.3.1#1"})
  void withoutTheFixedBitItIsNotVersion1() {
    assertNull(parse("80 00000001 00 00 00 01 00"));
    assertNull(parse("00 01020304" + "00".repeat(30)));
    assertInstanceOf(LongHeader.class, parse("c0 00000001 00 00 00 01 00"));
    assertInstanceOf(ShortHeader.class, parse("40 01020304" + "00".repeat(30)));
  }

  @Test
  @Requirement({"RFC9000-17.2#3", "RFC9000-17.2#6"})
  void version1DropsLongerConnectionIds() {
    String twenty = "14" + "aa".repeat(20);
    String more = "15" + "aa".repeat(21);
    assertInstanceOf(LongHeader.class, parse("e0 00000001" + twenty + twenty + "01 00"));
    assertNull(parse("e0 00000001" + more + twenty + "01 00"));
    assertNull(parse("e0 00000001" + twenty + more + "01 00"));
  }

  @Test
  @Requirement({"RFC9000-17.2#4", "RFC9000-17.2#7"})
  void otherVersionsMayHaveLongerConnectionIds() {
    String longest = "ff" + "ab".repeat(255);
    UnknownVersionHeader header =
        (UnknownVersionHeader) parse("80 1a2a3a4a" + longest + longest + "0102");
    assertEquals(0x1a2a3a4a, header.version());
    assertEquals(255, header.destination().length());
    assertEquals(255, header.source().length());
    VersionNegotiationHeader offer =
        (VersionNegotiationHeader) parse("80 00000000" + longest + longest + "00000001");
    assertArrayEquals(new int[] {1}, offer.versions());
  }

  @Test
  @Requirement("RFC8999-6#2")
  void versionNegotiationNeedsWholeVersions() {
    assertNull(parse("c0 00000000 00 00"));
    assertNull(parse("c0 00000000 00 00 000000"));
    assertNull(parse("c0 00000000 00 00 00000001 6b"));
    assertArrayEquals(
        new int[] {1, 0x6b3343cf},
        ((VersionNegotiationHeader) parse("c0 00000000 00 00 00000001 6b3343cf")).versions());
  }

  @Test
  @Requirement("RFC9000-17.2.5.2#4")
  void aRetryNeedsAToken() {
    assertNull(parse("f0 00000001 00 00" + "cc".repeat(16)));
    assertNull(parse("f0 00000001 00 00" + "cc".repeat(15)));
    RetryHeader retry = (RetryHeader) parse("ff 00000001 00 00 77" + "cc".repeat(16));
    assertEquals(Bytes.of(new byte[] {0x77}), retry.token());
    assertEquals(16, retry.integrityTag().length());
  }

  @Test
  void lengthsBeyondTheDatagramAreDropped() {
    assertNull(parse("e0 00000001 00 00 02 00"));
    assertNull(parse("e0 00000001 00 00 ffffffffffffffff 00"));
    assertNull(parse("c0 00000001 00 00 ffffffffffffffff 00"));
    assertNull(parse("c0 00000001 00 00 02 aa"));
    assertNull(parse("40 010203"));
    assertNull(parse("c0"));
    assertNull(parse(""));
  }

  @Test
  @Requirement("RFC9000-12.2#1")
  void coalescedPacketsAreFoundOneAfterAnother() {
    byte[] datagram = new byte[300];
    WireWriter out = new WireWriter(datagram, 0, 300);
    Bytes token = Bytes.of(new byte[70]);
    coalesce(out, PacketType.INITIAL, token, 40);
    coalesce(out, PacketType.ZERO_RTT, Bytes.EMPTY, 21);
    coalesce(out, PacketType.HANDSHAKE, Bytes.EMPTY, 30);
    int shortStart = out.position();
    int numberAt = ShortHeaderWriter.write(out, FOUR, true, true, 0x1234, 2);
    out.zeros(25);

    LongHeader initial = (LongHeader) PacketParser.parse(datagram, 0, out.position(), 4);
    assertEquals(PacketType.INITIAL, initial.type());
    assertEquals(token, initial.token());
    assertEquals(FOUR, initial.destination());
    assertEquals(NINE, initial.source());
    assertEquals(40, initial.end() - initial.packetNumberOffset());
    LongHeader zeroRtt =
        (LongHeader) PacketParser.parse(datagram, initial.end(), out.position(), 4);
    assertEquals(PacketType.ZERO_RTT, zeroRtt.type());
    LongHeader handshake =
        (LongHeader) PacketParser.parse(datagram, zeroRtt.end(), out.position(), 4);
    assertEquals(PacketType.HANDSHAKE, handshake.type());
    assertEquals(
        new ShortHeader(FOUR, shortStart, numberAt, out.position()),
        PacketParser.parse(datagram, handshake.end(), out.position(), 4));
    assertTrue(FirstByte.spin(datagram[shortStart]));
    assertTrue(FirstByte.keyPhase(datagram[shortStart]));
    assertEquals(2, FirstByte.packetNumberLength(datagram[shortStart]));
    assertEquals(4, walk(Arrays.copyOf(datagram, out.position()), 4));
  }

  private static void coalesce(WireWriter out, PacketType type, Bytes token, int numberAndPayload) {
    int start = out.position();
    int lengthField = LongHeaderWriter.begin(out, type, QuicVersion.V1, FOUR, NINE, token, 5, 1);
    assertEquals(out.position() - start, LongHeaderWriter.length(type, FOUR, NINE, token, 1));
    out.zeros(numberAndPayload - 1);
    LongHeaderWriter.finishLength(out.buffer(), lengthField, out.position());
  }

  @Test
  @Requirement({
    "RFC9000-17.2.1#2",
    "RFC9000-17.2.1#3",
    "RFC9000-17.2.1#4",
    "RFC9000-17.2.1#5",
    "RFC9000-17.2.1#6"
  })
  void writesVersionNegotiationForAnyConnectionIds() {
    ConnectionId longest = ConnectionId.of(new byte[255]);
    int[] versions = {1, 0x0a1a2a3a};
    int length = VersionNegotiationPacket.length(longest, FOUR, 2);
    WireWriter out = new WireWriter(new byte[length], 0, length);
    VersionNegotiationPacket.write(out, longest, FOUR, versions, 0x15);
    assertEquals(0, out.remaining());
    assertEquals((byte) 0xd5, out.buffer()[0]);
    VersionNegotiationHeader read =
        (VersionNegotiationHeader) PacketParser.parse(out.buffer(), 0, length, 0);
    assertEquals(longest, read.destination());
    assertEquals(FOUR, read.source());
    assertArrayEquals(versions, read.versions());
  }

  @Test
  @Requirement({"RFC9000-17.2.1#1", "RFC8999-6#1"})
  void theUnusedBitsOfVersionNegotiationMeanNothing() {
    for (int first = 0x80; first <= 0xff; first++) {
      String hex = Integer.toHexString(first) + "00000000 00 00 00000001";
      assertArrayEquals(new int[] {1}, ((VersionNegotiationHeader) parse(hex)).versions());
    }
  }

  @Test
  @Requirement({"RFC9000-17.2#8", "RFC9000-17.3.1#2"})
  void reservedBitsAreWrittenAsZero() {
    for (int length = 1; length <= 4; length++) {
      for (PacketType type :
          List.of(PacketType.INITIAL, PacketType.ZERO_RTT, PacketType.HANDSHAKE)) {
        for (QuicVersion version : QuicVersion.values()) {
          WireWriter out = new WireWriter(new byte[100], 0, 100);
          LongHeaderWriter.begin(out, type, version, FOUR, NINE, Bytes.EMPTY, -1, length);
          assertEquals(0, FirstByte.reservedBits(out.buffer()[0]));
        }
      }
      for (boolean bit : new boolean[] {false, true}) {
        WireWriter out = new WireWriter(new byte[100], 0, 100);
        ShortHeaderWriter.write(out, FOUR, bit, !bit, -1, length);
        assertEquals(0, FirstByte.reservedBits(out.buffer()[0]));
      }
    }
  }

  @Test
  void aLengthThatDoesNotFitItsFieldIsTheCallersMistake() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LongHeaderWriter.finishLength(new byte[20_000], 10, 10 + 2 + 16_384));
  }

  @Property(tries = 1000)
  void anyBytesGiveHeadersOrNothing(
      @ForAll("datagrams") byte[] datagram, @ForAll @IntRange(max = 20) int localLength) {
    walk(datagram, localLength);
  }

  @Provide
  Arbitrary<byte[]> datagrams() {
    Arbitrary<byte[]> rest = Arbitraries.bytes().array(byte[].class).ofMaxSize(120);
    Arbitrary<Integer> version = Arbitraries.of(1, 1, 1, 0, 0x6b3343cf, 0x709a50c4);
    return Combinators.combine(Arbitraries.bytes(), version, rest)
        .as(
            (first, number, bytes) -> {
              WireWriter out = new WireWriter(new byte[5 + bytes.length], 0, 5 + bytes.length);
              return out.u8(first).u32(number).bytes(bytes).buffer();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quiche/packet_recv_client.hexl",
        "quiche/packet_recv_server.hexl",
        "quiche/packets_recv_server.hexl",
        "quiche/packets_posths_server.hexl",
        "neqo/packet.hexl",
        "neqo/client_initial.hexl",
        "neqo/server_initial.hexl",
        "neqo/find_sni.hexl",
        "ngtcp2/read_write_pkt.hexl",
        "ngtcp2/read_write_handshake_pkt.hexl",
        "h2o/quicly_packet.hexl"
      })
  void corpora(String file) throws IOException {
    for (String line : Files.readAllLines(SharedFiles.require("vectors/corpora/" + file))) {
      if (!line.startsWith("#")) {
        byte[] input = HexFormat.of().parseHex(line.substring(line.indexOf('\t') + 1));
        for (int length = 0; length <= Math.min(input.length, 100); length++) {
          walk(Arrays.copyOf(input, length), 20);
        }
        walk(input, 20);
        walk(input, 0);
      }
    }
  }
}
