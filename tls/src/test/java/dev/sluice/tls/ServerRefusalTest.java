package dev.sluice.tls;

import static dev.sluice.tls.AlertDescription.CERTIFICATE_REQUIRED;
import static dev.sluice.tls.AlertDescription.DECODE_ERROR;
import static dev.sluice.tls.AlertDescription.DECRYPT_ERROR;
import static dev.sluice.tls.AlertDescription.HANDSHAKE_FAILURE;
import static dev.sluice.tls.AlertDescription.ILLEGAL_PARAMETER;
import static dev.sluice.tls.AlertDescription.MISSING_EXTENSION;
import static dev.sluice.tls.AlertDescription.NO_APPLICATION_PROTOCOL;
import static dev.sluice.tls.AlertDescription.PROTOCOL_VERSION;
import static dev.sluice.tls.AlertDescription.UNEXPECTED_MESSAGE;
import static dev.sluice.tls.AlertDescription.UNKNOWN_CA;
import static dev.sluice.tls.AlertDescription.UNRECOGNIZED_NAME;
import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.requireAlert;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.cert.SniSelector;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.wire.TlsWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a server refuses a client, with the alert that the RFC names for it. */
class ServerRefusalTest {

  static TlsPair run(TlsPair.Tamper tamper) {
    return run(tamper, clientConfig().build(), serverConfig().build());
  }

  static TlsPair run(TlsPair.Tamper tamper, TlsClientConfig client, TlsServerConfig server) {
    TlsPair pair = new TlsPair(client, server);
    pair.tamper = Rewrite.from(true, tamper);
    return pair.run();
  }

  static ClientHello with(
      ClientHello h, int version, byte[] session, List<Integer> suites, byte[] compression) {
    return new ClientHello(version, h.random(), session, suites, compression, h.extensions());
  }

  static List<Arguments> malformedHellos() {
    byte[] none = new byte[0];
    byte[] onlyNull = {0};
    PreSharedKeyOffer.Identity identity = new PreSharedKeyOffer.Identity(new byte[] {1}, 0);
    return List.of(
        Arguments.of(
            "no TLS 1.3",
            PROTOCOL_VERSION,
            Rewrite.clientExtensions(e -> Rewrite.with(e, new OfferedVersions(List.of(0x0303))))),
        Arguments.of(
            "no supported_versions",
            PROTOCOL_VERSION,
            Rewrite.clientExtensions(e -> Rewrite.without(e, ExtensionType.SUPPORTED_VERSIONS))),
        Arguments.of(
            "compression",
            ILLEGAL_PARAMETER,
            Rewrite.clientHello(h -> with(h, 0x0303, none, h.cipherSuites(), new byte[] {1, 0}))),
        Arguments.of(
            "no supported_groups",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(e -> Rewrite.without(e, ExtensionType.SUPPORTED_GROUPS))),
        Arguments.of(
            "no key_share",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(e -> Rewrite.without(e, ExtensionType.KEY_SHARE))),
        Arguments.of(
            "no signature_algorithms",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(e -> Rewrite.without(e, ExtensionType.SIGNATURE_ALGORITHMS))),
        Arguments.of(
            "no signature_algorithms beside a pre_shared_key that is not known",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(
                        Rewrite.without(e, ExtensionType.SIGNATURE_ALGORITHMS),
                        new PreSharedKeyOffer(List.of(identity), List.of(new byte[32]))))),
        Arguments.of(
            "no transport parameters",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(
                e -> Rewrite.without(e, ExtensionType.QUIC_TRANSPORT_PARAMETERS))),
        Arguments.of(
            "no ALPN",
            NO_APPLICATION_PROTOCOL,
            Rewrite.clientExtensions(
                e -> Rewrite.without(e, ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION))),
        Arguments.of(
            "an extension twice",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(e -> Rewrite.plus(e, new UnknownExtension(0x0a, none)))),
        Arguments.of(
            "an extension of another message",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(e, new UnknownExtension(ExtensionType.OID_FILTERS.code(), none)))),
        Arguments.of(
            "no suite in common",
            HANDSHAKE_FAILURE,
            Rewrite.clientHello(h -> with(h, 0x0303, none, List.of(0x1304, 0x0a0a), onlyNull))),
        Arguments.of(
            "no scheme in common",
            HANDSHAKE_FAILURE,
            Rewrite.clientExtensions(
                e -> Rewrite.with(e, new SignatureAlgorithms(List.of(0x0201, 0x0401))))),
        Arguments.of(
            "no group in common",
            HANDSHAKE_FAILURE,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        Rewrite.with(e, new SupportedGroups(List.of(0x19))),
                        new KeyShareOffer(List.of())))),
        Arguments.of(
            "a share of a group not listed",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(e -> Rewrite.with(e, new SupportedGroups(List.of(0x17))))),
        Arguments.of(
            "two shares of a group",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        e,
                        new KeyShareOffer(
                            List.of(
                                new KeyShareEntry(0x1d, new byte[32]),
                                new KeyShareEntry(0x1d, new byte[32])))))),
        Arguments.of(
            "pre_shared_key not last",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(
                        Rewrite.plus(
                            e, new PreSharedKeyOffer(List.of(identity), List.of(new byte[32]))),
                        new UnknownExtension(0x1234, none)))),
        Arguments.of(
            "pre_shared_key without modes",
            MISSING_EXTENSION,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(
                        Rewrite.without(e, ExtensionType.PSK_KEY_EXCHANGE_MODES),
                        new PreSharedKeyOffer(List.of(identity), List.of(new byte[32]))))),
        Arguments.of(
            "fewer binders than identities",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(
                        e,
                        new PreSharedKeyOffer(
                            List.of(identity, identity), List.of(new byte[32]))))),
        Arguments.of(
            "a short binder",
            DECODE_ERROR,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.plus(
                        e,
                        new PreSharedKeyOffer(
                            List.of(identity, identity), List.of(new byte[31], new byte[31]))))),
        Arguments.of(
            "early_data without pre_shared_key",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(e -> Rewrite.plus(e, new EarlyData()))),
        Arguments.of(
            "a name with spaces",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(e -> Rewrite.with(e, new ServerName("a b")))),
        Arguments.of(
            "two names",
            ILLEGAL_PARAMETER,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        e,
                        new UnknownExtension(
                            0, HexFormat.of().parseHex("0008" + "00000161" + "00000162"))))),
        Arguments.of(
            "an empty list of groups",
            DECODE_ERROR,
            Rewrite.clientExtensions(e -> Rewrite.with(e, new SupportedGroups(List.of())))),
        Arguments.of(
            "bytes at the end",
            DECODE_ERROR,
            Rewrite.message(
                HandshakeType.CLIENT_HELLO,
                m ->
                    new TlsWriter()
                        .u8(1)
                        .vector24(Arrays.copyOfRange(m, 4, m.length + 1))
                        .toBytes())),
        Arguments.of(
            "cut short",
            DECODE_ERROR,
            Rewrite.message(
                HandshakeType.CLIENT_HELLO,
                m ->
                    new TlsWriter()
                        .u8(1)
                        .vector24(Arrays.copyOfRange(m, 4, m.length - 1))
                        .toBytes())),
        Arguments.of(
            "too long",
            DECODE_ERROR,
            Rewrite.message(HandshakeType.CLIENT_HELLO, m -> new byte[] {1, 0, (byte) 0x80, 1})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedHellos")
  @Requirement({
    "RFC8446-6#6",
    "RFC8446-6#7",
    "RFC8446-6.2#4",
    "RFC8446-2.1#1",
    "RFC8446-4.2.1#5",
    "RFC8446-4.2.1#7",
    "RFC8446-D.2#3",
    "RFC8446-9.2#10",
    "RFC8446-9.2#11",
    "RFC8446-9.2#12",
    "RFC8446-4.2#5",
    "RFC8446-4.2#7",
    "RFC8446-4.1.2#14",
    "RFC8446-4.1.1#1",
    "RFC8446-4.1.1#4",
    "RFC8446-4.2.3#3",
    "RFC8446-4.2.9#3",
    "RFC8446-4.2.11#16",
    "RFC9001-4.2#2",
    "RFC9001-8.1#1",
    "RFC9001-8.1#2",
    "RFC9001-8.2#1"
  })
  void refusesClientHello(String what, AlertDescription alert, TlsPair.Tamper tamper) {
    TlsException e = requireAlert(run(tamper).server, alert);
    assertTrue(e.getMessage().startsWith("ClientHello"), e.getMessage());
    assertEquals(0x100 + alert.code(), e.transportErrorCode());
  }

  @Test
  @Requirement("RFC9001-8.4#2")
  void refusesCompatibilityMode() {
    TlsPair pair =
        run(
            Rewrite.clientHello(
                h -> with(h, 0x0303, new byte[32], h.cipherSuites(), new byte[] {0})));
    assertEquals(0x0a, pair.server.failure.transportErrorCode());
  }

  @ParameterizedTest
  @EnumSource(NamedGroup.class)
  @Requirement({"RFC8446-4.2.8.2#1", "RFC8446-7.4.2#3"})
  void refusesSharesThatAreNotPoints(NamedGroup group) {
    for (int fill : new int[] {0, 0xff}) {
      TlsPair pair =
          run(
              Rewrite.clientExtensions(
                  e -> {
                    byte[] share = new byte[lengthOf(group)];
                    Arrays.fill(share, (byte) fill);
                    // X25519 takes any 32 bytes; only points of small order are refused.
                    if (group == NamedGroup.X25519) {
                      Arrays.fill(share, (byte) 0);
                    }
                    return Rewrite.with(
                        e, new KeyShareOffer(List.of(new KeyShareEntry(group.code(), share))));
                  }),
              clientConfig().grease(false).groups(group).build(),
              serverConfig().build());
      requireAlert(pair.server, ILLEGAL_PARAMETER);
    }
    TlsPair shortShare =
        run(
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        e,
                        new KeyShareOffer(List.of(new KeyShareEntry(group.code(), new byte[31]))))),
            clientConfig().grease(false).groups(group).build(),
            serverConfig().build());
    requireAlert(shortShare.server, ILLEGAL_PARAMETER);
  }

  private static int lengthOf(NamedGroup group) {
    return switch (group) {
      case X25519 -> 32;
      case SECP256R1 -> 65;
      case SECP384R1 -> 97;
      case X25519MLKEM768 -> 1216;
    };
  }

  @Test
  @Requirement({"RFC9001-8.1#6", "RFC9001-8.1#2"})
  void refusesWithoutACommonProtocol() {
    TlsPair pair =
        run(
            (c, l, b) -> b,
            clientConfig().applicationProtocols("h3").build(),
            serverConfig().applicationProtocols("hq-interop").build());
    assertEquals(0x178, requireAlert(pair.server, NO_APPLICATION_PROTOCOL).transportErrorCode());
  }

  @Test
  void refusesNamesWithoutACertificate() {
    TlsServerConfig strict =
        serverConfig()
            .identitySelector(r -> "other.example".equals(r.serverName()) ? TlsPair.P256 : null)
            .build();
    requireAlert(run((c, l, b) -> b, clientConfig().build(), strict).server, UNRECOGNIZED_NAME);
    TlsServerConfig lax =
        serverConfig()
            .identitySelector(new SniSelector(List.of(TlsPair.RSA, TlsPair.P256)))
            .build();
    run((c, l, b) -> b, clientConfig().build(), lax).requireComplete();
  }

  @Test
  @Requirement("RFC8446-4.1.2#2")
  void refusesASecondHelloThatIsAnotherThanTheFirst() {
    record Case(AlertDescription alert, TlsPair.Tamper second) {}
    byte[] none = new byte[0];
    List<Case> cases =
        List.of(
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.clientHello(h -> with(h, 0x0303, none, List.of(0x1301), new byte[] {0}))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.clientExtensions(e -> Rewrite.with(e, new ServerName("other.example")))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.clientExtensions(
                    e ->
                        Rewrite.with(
                            e, new KeyShareOffer(List.of(new KeyShareEntry(0x1d, new byte[32])))))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.clientExtensions(e -> Rewrite.with(e, new Cookie(new byte[32])))),
            new Case(
                MISSING_EXTENSION,
                Rewrite.clientExtensions(e -> Rewrite.without(e, ExtensionType.COOKIE))));
    for (Case one : cases) {
      int[] seen = {0};
      TlsPair.Tamper second =
          (fromClient, level, bytes) ->
              seen[0]++ == 1 ? one.second.change(fromClient, level, bytes) : bytes;
      TlsPair pair =
          run(
              second,
              clientConfig().build(),
              serverConfig().groups(NamedGroup.SECP384R1).helloRetryCookie(true).build());
      requireAlert(pair.server, one.alert);
    }
  }

  @Test
  @Requirement({"RFC8446-4.4.2.4#2", "RFC8446-4.4.2.4#3", "RFC9001-4.4#3"})
  void refusesClientsThatDoNotAuthenticate() {
    TlsServerConfig need =
        serverConfig()
            .clientAuthentication(ClientAuthentication.NEED, HandshakeTest.trustRoot())
            .build();
    requireAlert(run((c, l, b) -> b, clientConfig().build(), need).server, CERTIFICATE_REQUIRED);
    Identity unknown = TestAuthority.create("Nobody", "P-256").issue("P-256", "client");
    TlsClientConfig stranger = clientConfig().identitySelector(r -> unknown).build();
    requireAlert(run((c, l, b) -> b, stranger, need).server, UNKNOWN_CA);
    TlsClientConfig client = clientConfig().identitySelector(r -> TlsPair.P384).build();
    requireAlert(
        run(Rewrite.lastBit(HandshakeType.CERTIFICATE_VERIFY), client, need).server, DECRYPT_ERROR);
    requireAlert(
        run(Rewrite.message(HandshakeType.CERTIFICATE_VERIFY, m -> null), client, need).server,
        UNEXPECTED_MESSAGE);
    requireAlert(
        run(Rewrite.message(HandshakeType.CERTIFICATE, m -> null), client, need).server,
        UNEXPECTED_MESSAGE);
    TlsServerConfig want =
        need.toBuilder()
            .clientAuthentication(ClientAuthentication.WANT, HandshakeTest.trustRoot())
            .build();
    TlsPair pair = run((c, l, b) -> b, clientConfig().build(), want).requireComplete();
    assertTrue(pair.server.session.peerCertificates().isEmpty());
  }

  @Test
  @Requirement({"RFC8446-4.4.4#1", "RFC8446-4.6.3#1", "RFC8446-4#2", "RFC8446-4.1.2#3"})
  void refusesWrongFinishedAndMessagesOutOfOrder() {
    requireAlert(run(Rewrite.lastBit(HandshakeType.FINISHED)).server, DECRYPT_ERROR);
    for (int type : new int[] {0, 1, 2, 5, 8, 11, 15, 24, 99}) {
      TlsPair pair =
          run(Rewrite.message(HandshakeType.FINISHED, m -> new byte[] {(byte) type, 0, 0, 0}));
      requireAlert(pair.server, UNEXPECTED_MESSAGE);
    }
    TlsPair done = run((c, l, b) -> b).requireComplete();
    TlsPair.receive(done.server, EncryptionLevel.APPLICATION, new byte[] {24, 0, 0, 1, 0}, 1);
    assertEquals(0x10a, requireAlert(done.server, UNEXPECTED_MESSAGE).transportErrorCode());
  }

  @Test
  @Requirement({"RFC9001-4.1.3#2", "RFC9001-4.1.3#3", "RFC9001-8.3#2"})
  void refusesDataAtTheWrongLevel() {
    TlsPair early = new TlsPair(clientConfig().build(), serverConfig().build());
    TlsPair.receive(early.server, EncryptionLevel.EARLY_DATA, new byte[] {1}, 1);
    assertEquals(0x0a, early.server.failure.transportErrorCode());

    TlsPair high = new TlsPair(clientConfig().build(), serverConfig().build());
    TlsPair.receive(high.server, EncryptionLevel.HANDSHAKE, new byte[] {1}, 1);
    requireAlert(high.server, UNEXPECTED_MESSAGE);

    TlsPair low = run((c, l, b) -> l == EncryptionLevel.HANDSHAKE ? new byte[0] : b);
    TlsPair.receive(low.server, EncryptionLevel.INITIAL, new byte[] {1}, 1);
    assertEquals(0x0a, low.server.failure.transportErrorCode());

    TlsPair left =
        run(Rewrite.message(HandshakeType.CLIENT_HELLO, m -> Arrays.copyOf(m, m.length + 1)));
    assertEquals(0x0a, left.server.failure.transportErrorCode());
  }

  @Test
  void whatTheTransportThrowsComesOutUnchangedAndEndsTheHandshake() {
    RuntimeException refusal = new IllegalStateException("not these");
    TlsClient client = new TlsClient(clientConfig().build(), TlsPair.CLIENT_PARAMETERS);
    client.start();
    TlsEvent.SendMessage hello = (TlsEvent.SendMessage) client.nextEvent();
    TlsServer server =
        new TlsServer(
            serverConfig().build(),
            offered -> {
              assertEquals("client parameters", new String(offered, StandardCharsets.US_ASCII));
              throw refusal;
            });
    byte[] bytes = hello.bytes();
    assertSame(
        refusal,
        assertThrows(
            RuntimeException.class,
            () -> server.receive(EncryptionLevel.INITIAL, bytes, 0, bytes.length)));
    assertThrows(TlsException.class, () -> server.receive(EncryptionLevel.INITIAL, bytes, 0, 1));
  }
}
