package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.Http3Settings.ENABLE_CONNECT_PROTOCOL;
import static dev.sluice.http3.connection.Http3Settings.H3_DATAGRAM;
import static dev.sluice.http3.connection.Http3Settings.MAX_FIELD_SECTION_SIZE;
import static dev.sluice.http3.connection.Http3Settings.QPACK_BLOCKED_STREAMS;
import static dev.sluice.http3.connection.Http3Settings.QPACK_MAX_TABLE_CAPACITY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.message.FieldSectionTooLargeException;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that are remembered for 0-RTT, and what a server may make of them. */
class PeerSettingsTest {
  private static final Http3Settings BEFORE =
      new Http3Settings(
          Map.of(
              MAX_FIELD_SECTION_SIZE, 1000L,
              QPACK_MAX_TABLE_CAPACITY, 4096L,
              QPACK_BLOCKED_STREAMS, 10L,
              ENABLE_CONNECT_PROTOCOL, 1L,
              H3_DATAGRAM, 1L));

  /** A transport of which only this is asked. */
  private static QuicTransport offering(EarlyDataState state) {
    return (QuicTransport)
        Proxy.newProxyInstance(
            QuicTransport.class.getClassLoader(),
            new Class<?>[] {QuicTransport.class},
            (proxy, method, arguments) -> state);
  }

  private static PeerSettings early() {
    return new PeerSettings(offering(EarlyDataState.OFFERED), BEFORE, Set.of());
  }

  private static Http3Settings with(long identifier, Long value) {
    Map<Long, Long> values = new HashMap<>(BEFORE.values());
    values.remove(identifier);
    if (value != null) {
      values.put(identifier, value);
    }
    return new Http3Settings(values);
  }

  private static void requireError(Http3Error error, Http3Settings after) {
    ConnectionErrorException e =
        assertThrows(ConnectionErrorException.class, () -> early().onReceived(after));
    assertEquals(error, e.error());
    assertFalse(after.honour(BEFORE));
  }

  @Test
  @Requirement({"RFC9114-7.2.4.2#6", "RFC9114-7.2.4.2#7"})
  void whatIsRememberedHoldsUntilTheServersOwnCome() {
    PeerSettings settings = early();
    assertEquals(BEFORE, settings.current());
    settings.onEarlyDataDecided(true);
    assertEquals(BEFORE, settings.current());
    Http3Settings after = with(MAX_FIELD_SECTION_SIZE, 2000L);
    settings.onReceived(after);
    assertEquals(after, settings.current());
  }

  @Test
  @Requirement({"RFC9114-7.2.4.2#6", "RFC9114-7.2.4.2#12"})
  void aConnectionGoesByThem() {
    MemoryLink link = new MemoryLink();
    link.client().earlyData(EarlyDataState.OFFERED);
    Http3Connection client =
        new Http3Connection(link.client(), Http3Config.DEFAULT, new Random(1), BEFORE);
    client.process();
    RequestHead tunnel =
        RequestHead.extendedConnect("websocket", "https", "example.com", "/", Fields.EMPTY);
    assertNotNull(client.openRequest(tunnel, false));
    assertThrows(
        FieldSectionTooLargeException.class,
        () -> client.openRequest(Pair.post("/", "x", "v".repeat(1000)), true));
    SendStream control = link.server().openUni();
    RawPeer.write(control, RawPeer.bytes(0x00));
    RawPeer.write(control, new SettingsFrame(with(H3_DATAGRAM, null).values()).encode());
    link.deliverAll();
    client.process();
    assertEquals(Http3Error.H3_SETTINGS_ERROR.code(), Pair.closeCode(link.client()));
  }

  @Test
  void withoutEarlyDataNothingIsRemembered() {
    assertEquals(
        Http3Settings.DEFAULTS,
        new PeerSettings(new MemoryLink().client(), BEFORE, Set.of()).current());
    PeerSettings settings = early();
    settings.onEarlyDataDecided(false);
    assertEquals(Http3Settings.DEFAULTS, settings.current());
    settings.onReceived(Http3Settings.DEFAULTS);
  }

  @Test
  @Requirement({"RFC9114-7.2.4.2#12", "RFC9114-7.2.4.2#10", "RFC9297-2.1.1#5", "RFC9297-2.1.1#6"})
  void nothingMayBeReduced() {
    requireError(Http3Error.H3_SETTINGS_ERROR, with(MAX_FIELD_SECTION_SIZE, 999L));
    requireError(Http3Error.H3_SETTINGS_ERROR, with(QPACK_BLOCKED_STREAMS, 9L));
    requireError(Http3Error.H3_SETTINGS_ERROR, with(ENABLE_CONNECT_PROTOCOL, 0L));
    requireError(Http3Error.H3_SETTINGS_ERROR, with(H3_DATAGRAM, 0L));
  }

  @Test
  @Requirement("RFC9114-7.2.4.2#13")
  void nothingMayBeLeftOut() {
    for (long identifier : BEFORE.values().keySet()) {
      if (identifier != QPACK_MAX_TABLE_CAPACITY) {
        requireError(Http3Error.H3_SETTINGS_ERROR, with(identifier, null));
      }
    }
  }

  @Test
  @Requirement("RFC9204-3.2.3#3")
  void theTableOfQpackStaysAsItWas() {
    for (Long other : new Long[] {0L, 4095L, 4097L, null}) {
      requireError(Http3Error.QPACK_DECODER_STREAM_ERROR, with(QPACK_MAX_TABLE_CAPACITY, other));
    }
  }

  @Test
  @Requirement("RFC9204-3.2.3#2")
  void aTableMayComeNew() {
    Http3Settings none = with(QPACK_MAX_TABLE_CAPACITY, null);
    PeerSettings settings = new PeerSettings(offering(EarlyDataState.OFFERED), none, Set.of());
    settings.onReceived(BEFORE);
    assertTrue(BEFORE.honour(none));
  }

  @Test
  void limitsOfExtensionsThatAreUnderstoodMayNotBeReducedEither() {
    long extension = 0x2b61;
    Http3Settings more = with(extension, 3L);
    QuicTransport quic = offering(EarlyDataState.OFFERED);
    new PeerSettings(quic, more, Set.of(extension)).onReceived(more);
    new PeerSettings(quic, more, Set.of()).onReceived(BEFORE);
    assertThrows(
        ConnectionErrorException.class,
        () -> new PeerSettings(quic, more, Set.of(extension)).onReceived(BEFORE));
  }

  /** Limits of WebTransport sessions, which are settings of an extension. */
  @ParameterizedTest
  @ValueSource(longs = {0x2b61, 0x2b64, 0x2b65})
  @Requirement({"WEBTRANS16-3.2#10", "WEBTRANS16-3.2#11"})
  void limitsOfSessionsMayNotBeReduced(long limit) {
    Set<Long> understood =
        WebTransportConfig.DEFAULT.applyTo(Http3Config.DEFAULT).additionalSettings().keySet();
    Map<Long, Long> values = new HashMap<>(BEFORE.values());
    understood.forEach(setting -> values.put(setting, 100L));
    values.put(H3_DATAGRAM, 1L);
    Http3Settings before = new Http3Settings(values);
    values.put(limit, 99L);
    Http3Settings reduced = new Http3Settings(values);
    assertFalse(reduced.honour(before), "a server refuses 0-RTT instead");
    PeerSettings settings = new PeerSettings(offering(EarlyDataState.OFFERED), before, understood);
    ConnectionErrorException e =
        assertThrows(ConnectionErrorException.class, () -> settings.onReceived(reduced));
    assertEquals(Http3Error.H3_SETTINGS_ERROR, e.error());
  }

  @Test
  void settingsOfExtensionsHaveToBeTheSame() {
    Http3Settings extended = with(0x14e9cd29L, 3L);
    assertTrue(extended.honour(extended));
    assertTrue(extended.honour(BEFORE));
    assertFalse(with(0x14e9cd29L, 4L).honour(extended));
    assertFalse(BEFORE.honour(extended));
  }

  @Property(tries = 300)
  void anyBytesAreSettingsOrTheDefaults(@ForAll byte[] bytes) {
    Http3Settings settings = Http3Settings.decode(bytes);
    assertEquals(settings.values().size(), settings.values().keySet().stream().distinct().count());
  }

  @Test
  void theyComeBackWithoutReservedOnes() {
    assertEquals(BEFORE, Http3Settings.decode(with(0x21 + 0x1f * 7, 5L).encode()));
    Http3Settings own = Http3Settings.of(Http3Config.DEFAULT);
    assertEquals(own, Http3Settings.decode(own.encode()));
    assertTrue(own.honour(own));
  }

  /** Nor what was never said: early requests that came by it may be more than this server bears. */
  @Test
  @Requirement("RFC9114-7.2.4.2#8")
  void whatCannotBeReadIsNotHonoured() {
    Http3Settings own = Http3Settings.of(Http3Config.DEFAULT);
    byte[] remembered = own.encode();
    byte[] cutShort = Arrays.copyOf(remembered, remembered.length - 1);
    assertTrue(own.honour(Http3Settings.decode(remembered)));
    assertFalse(own.honour(Http3Settings.decode(cutShort)));
    assertFalse(own.honour(Http3Settings.decode(new byte[0])));
  }
}
