package dev.sluice.tls;

import static dev.sluice.tls.AlertDescription.DECODE_ERROR;
import static dev.sluice.tls.AlertDescription.DECRYPT_ERROR;
import static dev.sluice.tls.AlertDescription.ILLEGAL_PARAMETER;
import static dev.sluice.tls.AlertDescription.MISSING_EXTENSION;
import static dev.sluice.tls.AlertDescription.NO_APPLICATION_PROTOCOL;
import static dev.sluice.tls.AlertDescription.PROTOCOL_VERSION;
import static dev.sluice.tls.AlertDescription.UNEXPECTED_MESSAGE;
import static dev.sluice.tls.AlertDescription.UNSUPPORTED_EXTENSION;
import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.requireAlert;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.extension.ApplicationProtocols;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareRetry;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.MaxEarlyData;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.PreSharedKeySelection;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.ServerHello;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a client refuses a server, with the alert that the RFC names for it. */
class ClientRefusalTest {
  private static final byte[] NONE = new byte[0];

  static TlsPair run(TlsPair.Tamper tamper) {
    return run(tamper, clientConfig().build(), serverConfig().build());
  }

  static TlsPair run(TlsPair.Tamper tamper, TlsClientConfig client, TlsServerConfig server) {
    TlsPair pair = new TlsPair(client, server);
    pair.tamper = Rewrite.from(false, tamper);
    return pair.run();
  }

  private static ServerHello hello(
      ServerHello h, int version, byte[] random, byte[] echo, int suite, int compression) {
    return new ServerHello(version, random, echo, suite, compression, h.extensions());
  }

  static UnknownExtension unknown(ExtensionType type) {
    return new UnknownExtension(type.code(), NONE);
  }

  static List<Arguments> serverHellos() {
    byte[] downgraded = new byte[32];
    System.arraycopy(HexFormat.of().parseHex("444f574e47524401"), 0, downgraded, 24, 8);
    return List.of(
        Arguments.of(
            "no supported_versions",
            PROTOCOL_VERSION,
            Rewrite.serverHelloExtensions(
                e -> Rewrite.without(e, ExtensionType.SUPPORTED_VERSIONS))),
        Arguments.of(
            "no supported_versions, which is looked for before anything else",
            PROTOCOL_VERSION,
            Rewrite.serverHelloExtensions(
                e ->
                    Rewrite.plus(
                        Rewrite.without(e, ExtensionType.SUPPORTED_VERSIONS),
                        new UnknownExtension(0x1234, NONE)))),
        Arguments.of(
            "downgrade",
            ILLEGAL_PARAMETER,
            Rewrite.serverHello(
                h ->
                    new ServerHello(
                        0x0303,
                        downgraded,
                        NONE,
                        0x1301,
                        0,
                        Extensions.of(Place.SERVER_HELLO, List.of())))),
        Arguments.of(
            "another version",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new SelectedVersion(0x0303)))),
        Arguments.of(
            "legacy_version",
            PROTOCOL_VERSION,
            Rewrite.serverHello(h -> hello(h, 0x0304, h.random(), NONE, h.cipherSuite(), 0))),
        Arguments.of(
            "legacy_version of SSL 3.0",
            PROTOCOL_VERSION,
            Rewrite.serverHello(h -> hello(h, 0x0300, h.random(), NONE, h.cipherSuite(), 0))),
        Arguments.of(
            "SSL 3.0",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new SelectedVersion(0x0300)))),
        Arguments.of(
            "SSL 2.0",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new SelectedVersion(0x0002)))),
        Arguments.of(
            "session id",
            ILLEGAL_PARAMETER,
            Rewrite.serverHello(
                h -> hello(h, 0x0303, h.random(), new byte[32], h.cipherSuite(), 0))),
        Arguments.of(
            "long session id",
            DECODE_ERROR,
            Rewrite.serverHello(
                h -> hello(h, 0x0303, h.random(), new byte[33], h.cipherSuite(), 0))),
        Arguments.of(
            "suite",
            ILLEGAL_PARAMETER,
            Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, 0x1304, 0))),
        Arguments.of(
            "compression",
            ILLEGAL_PARAMETER,
            Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, h.cipherSuite(), 1))),
        Arguments.of(
            "unasked extension",
            UNSUPPORTED_EXTENSION,
            Rewrite.serverHelloExtensions(
                e -> Rewrite.plus(e, new UnknownExtension(0x1234, NONE)))),
        Arguments.of(
            "unasked pre_shared_key",
            UNSUPPORTED_EXTENSION,
            Rewrite.serverHelloExtensions(e -> Rewrite.plus(e, new PreSharedKeySelection(0)))),
        Arguments.of(
            "extension of another message",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(
                e -> Rewrite.plus(e, unknown(ExtensionType.SERVER_NAME)))),
        Arguments.of(
            "no key_share",
            MISSING_EXTENSION,
            Rewrite.serverHelloExtensions(e -> Rewrite.without(e, ExtensionType.KEY_SHARE))),
        Arguments.of(
            "share of a group without ours",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(
                e ->
                    Rewrite.with(e, new KeyShareSelection(new KeyShareEntry(0x17, new byte[65]))))),
        Arguments.of(
            "zero share",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(
                e ->
                    Rewrite.with(e, new KeyShareSelection(new KeyShareEntry(0x1d, new byte[32]))))),
        Arguments.of(
            "short hybrid share",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(
                e ->
                    Rewrite.with(
                        e, new KeyShareSelection(new KeyShareEntry(0x11ec, new byte[1119]))))),
        Arguments.of(
            "zero X25519 half of a hybrid share",
            ILLEGAL_PARAMETER,
            Rewrite.serverHelloExtensions(
                e ->
                    Rewrite.with(
                        e, new KeyShareSelection(new KeyShareEntry(0x11ec, new byte[1120]))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("serverHellos")
  @Requirement({
    "RFC8446-4.1.3#4",
    "RFC8446-4.1.3#13",
    "RFC8446-4.1.3#15",
    "RFC8446-4.2#4",
    "RFC8446-4.2.1#11",
    "RFC8446-4.2.1#13",
    "RFC8446-D.5#4",
    "RFC8446-D.5#5",
    "RFC8446-D.5#10",
    "RFC9001-4.2#2"
  })
  void refusesServerHello(String what, AlertDescription alert, TlsPair.Tamper tamper) {
    TlsException e = requireAlert(run(tamper).client, alert);
    assertTrue(
        e.getMessage().startsWith("ServerHello") || e.getMessage().startsWith("key_share"),
        e.getMessage());
  }

  @Test
  @Requirement({
    "RFC8446-4.1.4#4",
    "RFC8446-4.1.4#5",
    "RFC8446-4.1.4#6",
    "RFC8446-4.1.4#10",
    "RFC8446-4.1.4#12",
    "RFC8446-4.2.8#10",
    "RFC8446-4.2.8#14",
    "RFC8446-4.2.8#15"
  })
  void refusesHelloRetryRequests() {
    TlsServerConfig retrying = serverConfig().groups(NamedGroup.SECP384R1).build();
    record Case(AlertDescription alert, TlsPair.Tamper tamper) {}
    List<Case> first =
        List.of(
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHelloExtensions(e -> Rewrite.without(e, ExtensionType.KEY_SHARE))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new KeyShareRetry(0x1d)))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new KeyShareRetry(0x19)))),
            new Case(
                UNSUPPORTED_EXTENSION,
                Rewrite.serverHelloExtensions(
                    e -> Rewrite.plus(e, new UnknownExtension(0x1234, NONE)))),
            new Case(
                PROTOCOL_VERSION,
                Rewrite.serverHelloExtensions(
                    e -> Rewrite.without(e, ExtensionType.SUPPORTED_VERSIONS))),
            new Case(
                PROTOCOL_VERSION,
                Rewrite.serverHello(h -> hello(h, 0x0302, h.random(), NONE, h.cipherSuite(), 0))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHello(
                    h -> hello(h, 0x0303, h.random(), new byte[32], h.cipherSuite(), 0))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, h.cipherSuite(), 1))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, 0x1304, 0))));
    for (Case one : first) {
      TlsPair pair = run(one.tamper, clientConfig().build(), retrying);
      String reason = requireAlert(pair.client, one.alert).getMessage();
      assertTrue(reason.startsWith("HelloRetryRequest"), reason);
    }
    byte[][] request = new byte[1][];
    TlsPair.Tamper twice =
        Rewrite.message(
            HandshakeType.SERVER_HELLO, m -> request[0] == null ? request[0] = m : request[0]);
    requireAlert(run(twice, clientConfig().build(), retrying).client, UNEXPECTED_MESSAGE);
    List<TlsPair.Tamper> second =
        List.of(
            Rewrite.serverHello(
                h -> h.isHelloRetryRequest() ? h : hello(h, 0x0303, h.random(), NONE, 0x1302, 0)),
            afterARetry(new SelectedVersion(0x0305)),
            afterARetry(new KeyShareSelection(new KeyShareEntry(0x1d, new byte[32]))));
    for (TlsPair.Tamper one : second) {
      requireAlert(run(one, clientConfig().build(), retrying).client, ILLEGAL_PARAMETER);
    }
  }

  /** What is known here but was not offered is as wrong as what nobody knows. */
  @Test
  @Requirement({"RFC8446-4.1.3#5", "RFC8446-4.1.4#8", "RFC8446-4.2.8#9", "RFC8446-4.2.8#10"})
  void refusesWhatItKnowsButHasNotOffered() {
    TlsClientConfig few =
        clientConfig()
            .cipherSuites(CipherSuite.TLS_AES_128_GCM_SHA256)
            .groups(NamedGroup.X25519, NamedGroup.SECP384R1)
            .keyShares(NamedGroup.X25519)
            .build();
    TlsServerConfig retrying = serverConfig().groups(NamedGroup.SECP384R1).build();
    TlsPair.Tamper otherSuite =
        Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, 0x1302, 0));
    TlsPair.Tamper otherGroup =
        Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new KeyShareRetry(0x17)));
    requireNotOffered("ServerHello", run(otherSuite, few, serverConfig().build()));
    requireNotOffered("HelloRetryRequest", run(otherSuite, few, retrying));
    requireNotOffered("HelloRetryRequest", run(otherGroup, few, retrying));
  }

  private static void requireNotOffered(String message, TlsPair pair) {
    String reason = requireAlert(pair.client, ILLEGAL_PARAMETER).getMessage();
    assertTrue(reason.startsWith(message) && reason.endsWith("not offered"), reason);
  }

  /** The ServerHello that follows a HelloRetryRequest says something else there. */
  private static TlsPair.Tamper afterARetry(Extension other) {
    return Rewrite.serverHelloExtensions(
        e -> e.place() == Place.HELLO_RETRY_REQUEST ? e : Rewrite.with(e, other));
  }

  @Test
  @Requirement("RFC8446-4.2.2#2")
  void followsARequestForNothingButACookie() {
    TlsPair pair =
        run(
            Rewrite.serverHelloExtensions(
                e ->
                    e.place() == Place.HELLO_RETRY_REQUEST
                        ? Rewrite.plus(
                            Rewrite.without(e, ExtensionType.KEY_SHARE), new Cookie(new byte[] {7}))
                        : e),
            clientConfig().build(),
            serverConfig().groups(NamedGroup.SECP384R1).build());
    // The second hello keeps its shares, which this server refuses: it wanted another group.
    requireAlert(pair.server, ILLEGAL_PARAMETER);
    assertEquals(null, pair.client.failure);
  }

  static List<Arguments> encryptedExtensions() {
    return List.of(
        Arguments.of(
            "no ALPN",
            NO_APPLICATION_PROTOCOL,
            Rewrite.encryptedExtensions(
                e -> Rewrite.without(e, ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION))),
        Arguments.of(
            "another protocol",
            NO_APPLICATION_PROTOCOL,
            Rewrite.encryptedExtensions(
                e -> Rewrite.with(e, new ApplicationProtocols(List.of("h2"))))),
        Arguments.of(
            "two protocols",
            ILLEGAL_PARAMETER,
            Rewrite.encryptedExtensions(
                e -> Rewrite.with(e, new ApplicationProtocols(List.of("h3", "h2"))))),
        Arguments.of(
            "no transport parameters",
            MISSING_EXTENSION,
            Rewrite.encryptedExtensions(
                e -> Rewrite.without(e, ExtensionType.QUIC_TRANSPORT_PARAMETERS))),
        Arguments.of(
            "key_share",
            ILLEGAL_PARAMETER,
            Rewrite.encryptedExtensions(e -> Rewrite.plus(e, unknown(ExtensionType.KEY_SHARE)))),
        Arguments.of(
            "unasked early_data",
            UNSUPPORTED_EXTENSION,
            Rewrite.encryptedExtensions(e -> Rewrite.plus(e, new EarlyData()))),
        Arguments.of(
            "unknown",
            UNSUPPORTED_EXTENSION,
            Rewrite.encryptedExtensions(e -> Rewrite.plus(e, new UnknownExtension(0x1234, NONE)))),
        Arguments.of(
            "twice",
            ILLEGAL_PARAMETER,
            Rewrite.encryptedExtensions(
                e -> Rewrite.plus(e, new ApplicationProtocols(List.of("h3"))))),
        Arguments.of(
            "server_name with content",
            DECODE_ERROR,
            Rewrite.encryptedExtensions(
                e -> Rewrite.with(e, new UnknownExtension(0, new byte[] {1})))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("encryptedExtensions")
  @Requirement({"RFC8446-4.3.1#2", "RFC9001-8.1#3", "RFC9001-8.1#7", "RFC9001-8.2#1"})
  void refusesEncryptedExtensions(String what, AlertDescription alert, TlsPair.Tamper tamper) {
    TlsException e = requireAlert(run(tamper).client, alert);
    assertTrue(e.getMessage().startsWith("EncryptedExtensions"), e.getMessage());
  }

  @Test
  @Requirement({"RFC8446-4.4.4#1", "RFC8446-4#2", "RFC8446-4.5#3"})
  void refusesWrongFinishedAndMessagesOutOfOrder() {
    requireAlert(run(Rewrite.lastBit(HandshakeType.FINISHED)).client, DECRYPT_ERROR);
    for (int type : new int[] {0, 1, 2, 4, 5, 11, 20, 24, 99}) {
      TlsPair.Tamper other =
          Rewrite.message(
              HandshakeType.ENCRYPTED_EXTENSIONS, m -> new byte[] {(byte) type, 0, 0, 0});
      requireAlert(run(other).client, UNEXPECTED_MESSAGE);
    }
    TlsClient idle = new TlsClient(clientConfig().build(), NONE);
    TlsPair.Side side = new TlsPair.Side(idle);
    TlsPair.receive(side, EncryptionLevel.INITIAL, new byte[] {2, 0, 0, 0}, 4);
    requireAlert(side, UNEXPECTED_MESSAGE);
  }

  @Test
  @Requirement({
    "RFC8446-4.2.11#11",
    "RFC8446-4.2.11#12",
    "RFC8446-4.2.11#13",
    "RFC8446-4.2.11#14",
    "RFC8446-D.3#1"
  })
  void refusesWhatDoesNotFitTheOfferedTicket() {
    TlsServerConfig server = TlsPair.givingTickets().build();
    SessionTicket ticket = TlsPair.ticketOf(server);
    record Case(AlertDescription alert, TlsPair.Tamper tamper) {}
    List<Case> cases =
        List.of(
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHelloExtensions(e -> Rewrite.with(e, new PreSharedKeySelection(1)))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHello(h -> hello(h, 0x0303, h.random(), NONE, 0x1302, 0))),
            new Case(
                ILLEGAL_PARAMETER,
                Rewrite.serverHelloExtensions(e -> Rewrite.without(e, ExtensionType.KEY_SHARE))),
            new Case(
                PROTOCOL_VERSION,
                Rewrite.serverHello(
                    h ->
                        new ServerHello(
                            0x0303,
                            h.random(),
                            NONE,
                            0x1301,
                            0,
                            Extensions.of(Place.SERVER_HELLO, List.of())))));
    for (boolean early : new boolean[] {true, false}) {
      TlsClientConfig client = clientConfig().ticket(ticket).earlyData(early).build();
      for (Case one : cases) {
        TlsException refusal = requireAlert(run(one.tamper, client, server).client, one.alert);
        assertTrue(refusal.getMessage().startsWith("ServerHello"), refusal.getMessage());
      }
    }
  }

  @Test
  @Requirement({"RFC9001-4.6.1#2", "RFC9001-4.4#5", "RFC9001-4.1.3#3"})
  void refusesWhatQuicForbidsAfterTheHandshake() {
    TlsServerConfig tickets = serverConfig().ticketProtector(TlsPair.TICKETS).build();
    TlsPair limited =
        run(
            Rewrite.ticketExtensions(
                all -> Extensions.of(Place.NEW_SESSION_TICKET, List.of(new MaxEarlyData(16384)))),
            clientConfig().build(),
            tickets);
    assertEquals(0x0a, limited.client.failure.transportErrorCode());

    TlsPair asked = run((c, l, b) -> b).requireComplete();
    TlsPair.receive(asked.client, EncryptionLevel.APPLICATION, new byte[] {13, 0, 0, 0}, 4);
    assertEquals(0x0a, asked.client.failure.transportErrorCode());

    TlsPair updated = run((c, l, b) -> b).requireComplete();
    TlsPair.receive(updated.client, EncryptionLevel.APPLICATION, new byte[] {24, 0, 0, 1, 0}, 9);
    assertEquals(0x10a, updated.client.failure.transportErrorCode());

    TlsPair left =
        run(
            Rewrite.message(
                HandshakeType.SERVER_HELLO, m -> java.util.Arrays.copyOf(m, m.length + 1)));
    assertEquals(0x0a, left.client.failure.transportErrorCode());
  }

  @Test
  @Requirement({"RFC8446-4.6.1#14", "RFC8446-9.3#6"})
  void passesOverWhatItDoesNotKnowInATicket() {
    TlsPair pair =
        run(
                Rewrite.ticketExtensions(
                    all -> Rewrite.plus(all, new UnknownExtension(0x1234, new byte[] {1}))),
                clientConfig().build(),
                serverConfig().ticketProtector(TlsPair.TICKETS).build())
            .requireComplete();
    assertEquals(2, pair.client.tickets.size());
  }

  /**
   * The list has neither the group that was agreed nor any that the client knows. All the same it
   * goes on to the signature, which alone tells that the message was changed.
   */
  @Test
  @Requirement("RFC8446-4.2.7#1")
  void passesOverTheServersGroups() {
    TlsPair pair =
        run(
            Rewrite.encryptedExtensions(
                e -> Rewrite.with(e, new SupportedGroups(List.of(0x0019, 0x1234)))));
    String reason = requireAlert(pair.client, DECRYPT_ERROR).getMessage();
    assertTrue(reason.startsWith("CertificateVerify"), reason);
    assertEquals(NamedGroup.X25519MLKEM768, pair.server.endpoint.session().group());
  }

  @Test
  void passesOverUselessTickets() {
    TlsServerConfig tickets = serverConfig().ticketProtector(TlsPair.TICKETS).build();
    TlsPair dead =
        run(Rewrite.ticketLifetime(0), clientConfig().build(), tickets).requireComplete();
    assertTrue(dead.client.tickets.isEmpty());
    TlsPair old =
        run(Rewrite.ticketLifetime(0xffff_ffffL), clientConfig().build(), tickets)
            .requireComplete();
    assertEquals(604_800, old.client.tickets.getFirst().lifetimeSeconds());
  }
}
