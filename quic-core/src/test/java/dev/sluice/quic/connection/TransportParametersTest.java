package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quic_transport_parameters extension, RFC 9000 §7.4 and §18. */
class TransportParametersTest {

  @Property(tries = 300)
  @Requirement({"RFC9000-7.4#2", "RFC9000-7.4.2#1"})
  void whatIsWrittenIsRead(@ForAll long seed) {
    TransportParameters some = some(new SplittableRandom(seed));
    byte[] encoded = TransportParameterCodec.write(some, new SplittableRandom(seed));
    assertEquals(some, TransportParameterCodec.read(encoded, true));
  }

  @Property(tries = 1000)
  @Requirement("RFC9000-7.4#1")
  void anyBytesGiveParametersOrTheError(@ForAll byte[] bytes, @ForAll boolean fromServer) {
    try {
      TransportParameterCodec.read(bytes, fromServer);
    } catch (TransportException e) {
      assertEquals(TransportError.TRANSPORT_PARAMETER_ERROR.code(), e.code());
    }
  }

  @Test
  void anEmptyListMeansTheDefaults() {
    TransportParameters read = TransportParameterCodec.read(new byte[0], true);
    assertEquals(TransportParameters.DEFAULTS, read);
    assertEquals(65527, read.maxUdpPayloadSize());
    assertEquals(3, read.ackDelayExponent());
    assertEquals(25, read.maxAckDelayMillis());
    assertEquals(2, read.activeConnectionIdLimit());
  }

  @ParameterizedTest
  @CsvSource({
    "030244af, max_udp_payload_size is below 1200",
    "0a0115, ack_delay_exponent is above 20",
    "0b0480004000, max_ack_delay is not below 2^14",
    "0e0101, active_connection_id_limit is below 2",
    "0808d000000000000001, initial_max_streams_bidi is above 2^60",
    "0908d000000000000001, initial_max_streams_uni is above 2^60",
    "0c0100, disable_active_migration has a value",
    "1d0100, reset_stream_at has a value",
    "c017f7586d2cb5710100, reset_stream_at has a value",
    "6ab20100, grease_quic_bit has a value",
    "1100, version_information is malformed",
    "110300000a, version_information is malformed",
    "11050000000100, version_information is malformed",
    "110400000000, version_information is malformed",
    "11080000000100000000, version_information is malformed",
    "2000, parameter 0x20 is not one integer",
    "02020000, stateless_reset_token is not 16 bytes long",
    "0d0100, preferred_address is cut short",
    "PREFERRED_WITHOUT_ID, preferred_address is cut short",
    "01010001020101, parameter 0x1 occurs twice",
    "0102ff, parameter 0x1 is longer than the list",
    "04020101, parameter 0x4 is not one integer",
    "0400, parameter 0x4 is not one integer",
    "01, the list is cut short"
  })
  @Requirement({
    "RFC9000-7.4#1",
    "RFC9000-7.4#3",
    "RFC9000-18.2#8",
    "RFC9000-18.2#7",
    "RFC9000-18.2#9",
    "RFC9287-3#1",
    "RFC9368-4#4",
    "RFC9368-4#5",
    "RESETAT10-3#1",
    "RFC9368-4#3"
  })
  void refusesInvalidValues(String hex, String reason) {
    // Two addresses and ports, an ID of length 0 and a reset token (§18.2).
    String withoutId = "0d29" + "00".repeat(24) + "00" + "00".repeat(16);
    assertRefused(
        hex.replace("PREFERRED_WITHOUT_ID", withoutId), true, "transport parameters: " + reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000", "021000000000000000000000000000000000", "0d00", "1000"})
  @Requirement({"RFC9000-18.2#10", "RFC9000-18.2#11"})
  void refusesServersParametersFromClients(String hex) {
    int id = Integer.parseInt(hex.substring(0, 2), 16);
    assertRefused(
        hex,
        false,
        "transport parameters: parameter 0x" + Integer.toHexString(id) + " is for servers only");
  }

  /** A client has to say how much it likes the version that it has chosen; a server need not. */
  @Test
  @Requirement({"RFC9368-4#6", "RFC9368-3#4"})
  void aClientListsTheVersionThatItHasChosen() {
    String notListed = "1108000000016b3343cf";
    assertRefused(notListed, false, "transport parameters: version_information is malformed");
    assertEquals(
        new VersionInformation(1, List.of(0x6b3343cf)),
        TransportParameterCodec.read(HexFormat.of().parseHex(notListed), true)
            .versionInformation());
    assertEquals(
        new VersionInformation(1, List.of()),
        TransportParameterCodec.read(HexFormat.of().parseHex("110400000001"), true)
            .versionInformation());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1d00", "c017f7586d2cb57100", "1d00c017f7586d2cb57100"})
  void eitherCodePointMeansResetStreamAt(String hex) {
    assertEquals(
        true, TransportParameterCodec.read(HexFormat.of().parseHex(hex), true).resetStreamAt());
  }

  @Test
  void theShortestDelayOfAcknowledgmentsIsNotAboveTheLongest() {
    String fits = "0b0103" + "c0000000ff04de1b" + "024bb8"; // 3 ms, 3000 us
    assertEquals(
        3000,
        TransportParameterCodec.read(HexFormat.of().parseHex(fits), true).minAckDelayMicros());
    assertRefused(
        fits.replace("4bb8", "4bb9"),
        true,
        "transport parameters: min_ack_delay is above max_ack_delay");
    assertEquals(-1, TransportParameterCodec.read(new byte[0], true).minAckDelayMicros());
  }

  private static void assertRefused(String hex, boolean fromServer, String reason) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    TransportException e =
        assertThrows(
            TransportException.class, () -> TransportParameterCodec.read(bytes, fromServer));
    assertEquals(TransportError.TRANSPORT_PARAMETER_ERROR.code(), e.code());
    assertEquals(reason, e.getMessage());
  }

  private static TransportParameters some(SplittableRandom random) {
    TransportParameters.Builder b = new TransportParameters.Builder();
    b.originalDestinationConnectionId = id(random);
    b.maxIdleTimeoutMillis = random.nextLong(1L << 40);
    b.statelessResetToken = random.nextBoolean() ? null : Bytes.of(new byte[16]);
    b.maxUdpPayloadSize = random.nextLong(1200, 65536);
    b.initialMaxData = random.nextLong(1L << 62);
    b.initialMaxStreamDataBidiLocal = random.nextLong(1L << 62);
    b.initialMaxStreamDataBidiRemote = random.nextLong(1L << 14);
    b.initialMaxStreamDataUni = random.nextLong(1L << 6);
    b.initialMaxStreamsBidi = random.nextLong(1L << 60);
    b.initialMaxStreamsUni = random.nextLong(1L << 30);
    b.ackDelayExponent = random.nextLong(21);
    b.maxAckDelayMillis = random.nextLong(1 << 14);
    b.disableActiveMigration = random.nextBoolean();
    b.activeConnectionIdLimit = random.nextLong(2, 1000);
    b.initialSourceConnectionId = id(random);
    b.retrySourceConnectionId = id(random);
    b.maxDatagramFrameSize = random.nextLong(1 << 16);
    b.resetStreamAt = random.nextBoolean();
    b.minAckDelayMicros = random.nextLong(-1, b.maxAckDelayMillis * 1000 + 1);
    b.greaseQuicBit = random.nextBoolean();
    b.versionInformation =
        random.nextBoolean() ? null : new VersionInformation(1, List.of(1, 0x6b3343cf));
    return b.build();
  }

  private static ConnectionId id(SplittableRandom random) {
    if (random.nextBoolean()) {
      return null;
    }
    byte[] id = new byte[random.nextInt(21)];
    random.nextBytes(id);
    return ConnectionId.of(id);
  }
}
