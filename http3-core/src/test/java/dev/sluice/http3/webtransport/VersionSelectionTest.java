package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.testkit.Requirement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which draft is spoken (§3.1, §7.1). */
class VersionSelectionTest {
  private static final Set<WebTransportVersion> ALL = EnumSet.allOf(WebTransportVersion.class);

  /** A list like "2b603742=1 33=1". */
  private static Http3Settings settings(String text) {
    Map<Long, Long> values = new HashMap<>();
    for (String setting : text.strip().split(" +")) {
      String[] parts = setting.split("=");
      values.put(Long.parseLong(parts[0], 16), Long.parseLong(parts[1]));
    }
    return new Http3Settings(values);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Chromium, 2b603742=1 33=1 ffd277=1, DRAFT_02",
    "Chromium with the flag, 2b603742=1 c671706a=1 33=1 ffd277=1, DRAFT_07",
    "Firefox, 2b603742=1 33=1 ffd277=1 8=1, DRAFT_02",
    "Safari, 14e9cd29=1 33=1 2b64=100 2b65=100 2b61=1000, DRAFT_14",
    "draft-15 and 16, 2c7cf000=1 33=1, DRAFT_16",
    "everything, 2b603742=1 c671706a=1 14e9cd29=9 2c7cf000=1 33=1, DRAFT_16",
    "switched off, 2c7cf000=0 14e9cd29=1 33=1, DRAFT_14"
  })
  void theNewestInCommon(String who, String sent, WebTransportVersion expected) {
    assertEquals(
        new VersionSelection.Selected(expected),
        VersionSelection.select(ALL, settings(sent), false, true, true, true));
  }

  @Test
  void onlyOurOwnVersions() {
    Http3Settings all = settings("2b603742=1 c671706a=1 14e9cd29=9 2c7cf000=1 33=1 8=1");
    assertEquals(
        new VersionSelection.Selected(WebTransportVersion.DRAFT_07),
        VersionSelection.select(
            Set.of(WebTransportVersion.DRAFT_02, WebTransportVersion.DRAFT_07),
            all,
            true,
            true,
            true,
            true));
  }

  @ParameterizedTest
  @CsvSource({
    "33=1 8=1, true, true, true",
    "2c7cf000=0 33=1 8=1, true, true, true",
  })
  void notOffered(String sent, boolean server, boolean datagrams, boolean resetAt) {
    assertEquals(
        new VersionSelection.NotOffered(),
        VersionSelection.select(ALL, settings(sent), server, true, datagrams, resetAt));
  }

  @ParameterizedTest
  @CsvSource({
    "2c7cf000=1 33=1, true, true, true, SETTINGS_ENABLE_CONNECT_PROTOCOL",
    "2c7cf000=1 8=1, true, true, true, SETTINGS_H3_DATAGRAM",
    "2c7cf000=1 8=1 33=1, true, false, true, max_datagram_frame_size",
    "2c7cf000=1 8=1 33=1, true, true, false, reset_stream_at",
    "c671706a=1 33=1, true, true, true, SETTINGS_ENABLE_CONNECT_PROTOCOL",
    "14e9cd29=1 8=1, false, true, true, SETTINGS_H3_DATAGRAM"
  })
  @Requirement({"WEBTRANS16-3.1#4", "WEBTRANS16-3.1#5"})
  void whatAVersionNeeds(
      String sent, boolean server, boolean datagrams, boolean resetAt, String missing) {
    VersionSelection.Unmet unmet =
        assertInstanceOf(
            VersionSelection.Unmet.class,
            VersionSelection.select(ALL, settings(sent), server, true, datagrams, resetAt));
    assertEquals(true, unmet.missing().contains(missing), unmet.missing());
  }

  @ParameterizedTest
  @CsvSource({"c671706a=1 8=1, DRAFT_07", "14e9cd29=1 8=1, DRAFT_14", "2c7cf000=1 8=1, DRAFT_16"})
  void datagramsCanBeDoneWithout(String sent, WebTransportVersion version) {
    assertEquals(
        new VersionSelection.Selected(version),
        VersionSelection.select(ALL, settings(sent), true, false, false, true));
  }

  @Test
  void draft02ImpliesWhatItNeeds() {
    assertEquals(
        new VersionSelection.Selected(WebTransportVersion.DRAFT_02),
        VersionSelection.select(ALL, settings("2b603742=1"), true, true, false, false));
  }

  @Test
  void aServerThatAllThreeBrowsersAccept() {
    Map<Long, Long> sent =
        WebTransportConfig.DEFAULT.applyTo(Http3Config.DEFAULT).additionalSettings();
    assertEquals(
        Map.of(
            0x33L, 1L,
            0x2b603742L, 1L,
            0xc671706aL, 16L,
            0x14e9cd29L, 16L,
            0x2c7cf000L, 1L,
            0x2b64L, 100L,
            0x2b65L, 100L,
            0x2b61L, 16L << 20),
        sent);
    assertFalse(sent.containsKey(0xffd277L));
    assertEquals(
        true, WebTransportConfig.DEFAULT.applyTo(Http3Config.DEFAULT).enableConnectProtocol());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x1d, 0x1e, 0x1f, 0xff, 0x100, 1000, 0x7fff_ffffL, 0xffff_ffffL})
  @Requirement("WEBTRANS16-4.4#2")
  void streamCodesSkipWhatIsReserved(long code) {
    long http = StreamCodes.toHttp(code);
    assertEquals(code, StreamCodes.fromHttp(http));
    assertFalse((http - 0x21) % 0x1f == 0);
  }

  @Test
  void theEndsOfTheRangeOfStreamCodes() {
    assertEquals(0x52e4a40fa8dbL, StreamCodes.toHttp(0));
    assertEquals(0x52e4a40fa9e2L, StreamCodes.toHttp(0xff), "the last of draft-02");
    assertEquals(0x52e5ac983162L, StreamCodes.toHttp(0xffff_ffffL));
    assertEquals(StreamCodes.NONE, StreamCodes.fromHttp(0x52e4a40fa8daL));
    assertEquals(StreamCodes.NONE, StreamCodes.fromHttp(0x52e5ac983163L));
    assertEquals(StreamCodes.NONE, StreamCodes.fromHttp(0x52e4a40fa8f9L), "reserved");
    assertEquals(StreamCodes.NONE, StreamCodes.fromHttp(0x100));
  }

  /** They would fail on the loop, with the connection whose settings they are. */
  @Test
  void limitsThatNoSettingCanSayAreRefused() {
    WebTransportConfig some = WebTransportConfig.DEFAULT;
    long streams = 1L << 60;
    long data = VarInt.MAX;
    assertEquals(data, some.withFlowControl(streams, streams, data).initialMaxData());
    for (long[] limits : new long[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> some.withFlowControl(streams + limits[0], streams + limits[1], data + limits[2]));
    }
  }
}
