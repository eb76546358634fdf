package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.requireAlert;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tickets, resumption and the place of 0-RTT. */
class ResumptionTest {
  private static final byte[] STATE = "settings".getBytes(StandardCharsets.US_ASCII);

  private static TlsServerConfig.Builder server() {
    return serverConfig().ticketProtector(TlsPair.TICKETS);
  }

  private static SessionTicket ticket(TlsClientConfig client, TlsServerConfig server) {
    TlsPair pair = new TlsPair(client, server).run().requireComplete();
    assertEquals(2, pair.client.tickets.size());
    return pair.client.tickets.getFirst();
  }

  private static SessionTicket ticket() {
    return ticket(clientConfig().build(), server().build());
  }

  private static TlsPair resume(TlsClientConfig client, TlsServerConfig server) {
    return new TlsPair(client, server).run().requireComplete();
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  @Requirement({"RFC8446-4.2.9#8", "RFC8446-4.3.2#8"})
  void resumesWithoutCertificates(CipherSuite suite) {
    TlsClientConfig client = clientConfig().cipherSuites(suite).build();
    SessionTicket ticket = ticket(client, server().build());
    SessionTicket stored = SessionTicket.fromBytes(ticket.toBytes());
    TlsPair pair =
        resume(
            client.toBuilder()
                .ticket(stored)
                .certificateVerifier(
                    (chain, context) -> {
                      throw new AssertionError("no certificate is shown");
                    })
                .build(),
            server()
                .clientAuthentication(ClientAuthentication.WANT, HandshakeTest.trustRoot())
                .build());
    assertTrue(pair.client.session.resumed());
    assertEquals(TlsPair.P256.certificateChain(), pair.client.session.peerCertificates());
    assertNull(pair.client.session.signatureScheme());
    // A resumed session gives tickets of its own, and those work too.
    resume(client.toBuilder().ticket(pair.client.tickets.getLast()).build(), server().build());
  }

  @Test
  @Requirement("RFC8446-4.1.4#7")
  void resumesAfterAHelloRetryRequest() {
    TlsPair pair =
        resume(
            clientConfig().ticket(ticket()).build(), server().groups(NamedGroup.SECP256R1).build());
    assertTrue(pair.client.session.resumed());
    assertEquals(NamedGroup.SECP256R1, pair.client.session.group());
  }

  @Test
  @Requirement("RFC8446-4.1.4#11")
  void dropsTheTicketWhenTheRetryChoosesAnotherHash() {
    TlsClientConfig client = clientConfig().ticket(ticket()).build();
    TlsServerConfig server =
        server()
            .groups(NamedGroup.SECP256R1)
            .cipherSuites(CipherSuite.TLS_AES_256_GCM_SHA384)
            .build();
    assertFalse(resume(client, server).client.session.resumed());
    assertEquals(
        List.of(true, false),
        Flights.of(client, server).all(true, HandshakeType.CLIENT_HELLO, ClientHello::read).stream()
            .map(hello -> hello.extensions().contains(ExtensionType.PRE_SHARED_KEY))
            .toList());
  }

  @Test
  @Requirement({"RFC8446-4.2.11#3", "RFC8446-4.2.11#5", "RFC8446-4.2.11#6", "RFC8446-4.6.1#4"})
  void fallsBackToAFullHandshake() {
    SessionTicket ticket = ticket();
    TlsClientConfig client = clientConfig().ticket(ticket).build();
    List<TlsServerConfig> servers =
        List.of(
            serverConfig().build(),
            serverConfig()
                .ticketProtector(
                    new RotatingTicketProtector(
                        Duration.ofDays(1), new Random(77), TestAuthority.NOW))
                .build(),
            server().cipherSuites(CipherSuite.TLS_AES_256_GCM_SHA384).build(),
            server()
                .clientAuthentication(ClientAuthentication.NEED, HandshakeTest.trustRoot())
                .build());
    for (TlsServerConfig server : servers) {
      TlsPair pair = resume(client.toBuilder().identitySelector(r -> TlsPair.P256).build(), server);
      assertFalse(pair.client.session.resumed());
    }
    TlsPair otherProtocol =
        resume(
            client.toBuilder().applicationProtocols("hq-interop", "h3").build(),
            server().applicationProtocols("hq-interop").build());
    assertFalse(otherProtocol.client.session.resumed());
  }

  @Test
  @Requirement({"RFC8446-4.2.11.1#1", "RFC8446-4.6.1#5", "RFC8446-4.6.1#10"})
  void clientOffersATicketOnlyWhereItBelongs() {
    SessionTicket ticket = ticket();
    TlsClientConfig client = clientConfig().ticket(ticket).build();
    List<TlsClientConfig> others =
        List.of(
            client.toBuilder().serverName("127.0.0.1").build(),
            client.toBuilder().applicationProtocols("hq-interop").build(),
            client.toBuilder().cipherSuites(CipherSuite.TLS_AES_256_GCM_SHA384).build(),
            client.toBuilder().clock(() -> TestAuthority.NOW.plus(Duration.ofDays(1))).build(),
            client.toBuilder().clock(() -> TestAuthority.NOW.minusSeconds(1)).build());
    for (TlsClientConfig other : others) {
      TlsPair pair = new TlsPair(other, server().applicationProtocols("h3", "hq-interop").build());
      boolean[] offered = {false};
      pair.tamper =
          Rewrite.from(
              true,
              Rewrite.message(
                  HandshakeType.CLIENT_HELLO,
                  m -> {
                    offered[0] =
                        Rewrite.parse(m, dev.sluice.tls.message.ClientHello::read)
                            .extensions()
                            .contains(dev.sluice.tls.extension.ExtensionType.PRE_SHARED_KEY);
                    return m;
                  }));
      pair.run().requireComplete();
      assertFalse(offered[0], other.toString());
    }
  }

  @Test
  @Requirement("RFC8446-4.6.1#7")
  void theServerReportsTheNameThatIsSentNow() {
    TlsPair pair = new TlsPair(clientConfig().ticket(ticket()).build(), server().build());
    pair.tamper =
        Rewrite.from(
            true,
            Rewrite.clientExtensions(e -> Rewrite.with(e, new ServerName("www.example.org"))));
    pair.run();
    assertEquals("www.example.org", pair.server.endpoint.session().serverName());
    // The ticket is another name's: it is passed over, and nobody looks at its binder.
    assertFalse(pair.server.endpoint.session().resumed());
    assertNull(pair.server.failure);
  }

  @Test
  void serverRefusesExpiredTicketsWhateverTheClientSays() {
    SessionTicket ticket = ticket();
    TlsPair pair =
        resume(
            clientConfig().ticket(ticket).build(),
            server().clock(() -> TestAuthority.NOW.plus(Duration.ofDays(1))).build());
    assertFalse(pair.client.session.resumed());
  }

  @Test
  @Requirement({"RFC8446-4.2.11#8", "RFC8446-4.2.11#9"})
  void aWrongBinderEndsTheHandshake() {
    TlsPair pair = new TlsPair(clientConfig().ticket(ticket()).build(), server().build());
    pair.tamper = Rewrite.from(true, Rewrite.lastBit(HandshakeType.CLIENT_HELLO));
    requireAlert(pair.run().server, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void aClientsCertificateTravelsInTheTicketAndIsJudgedAgain() {
    TlsServerConfig need =
        server().clientAuthentication(ClientAuthentication.NEED, HandshakeTest.trustRoot()).build();
    TlsClientConfig client = clientConfig().identitySelector(r -> TlsPair.P384).build();
    SessionTicket ticket = ticket(client, need);
    TlsPair pair = resume(client.toBuilder().ticket(ticket).build(), need);
    assertTrue(pair.server.session.resumed());
    assertEquals(TlsPair.P384.certificateChain(), pair.server.session.peerCertificates());
    TlsServerConfig doubtful =
        need.toBuilder()
            .clientAuthentication(
                ClientAuthentication.NEED,
                new CertificateVerifier() {
                  private boolean resumption = true;

                  @Override
                  public void verify(
                      List<java.security.cert.X509Certificate> chain, Context context)
                      throws java.security.cert.CertificateException {
                    if (resumption) {
                      resumption = false;
                      throw new java.security.cert.CertificateException("revoked since");
                    }
                  }
                })
            .build();
    assertFalse(
        resume(client.toBuilder().ticket(ticket).build(), doubtful).server.session.resumed());
  }

  @Test
  @Requirement({"RFC9001-4.6.1#1", "RFC8446-4.2.10#5", "RFC8446-4.2.10#7", "RFC9001-8.3#1"})
  void earlyDataIsAcceptedUnderTheTicketsTerms() {
    List<byte[]> replayKeys = new ArrayList<>();
    TlsServerConfig server =
        server()
            .ticketApplicationState(STATE)
            .earlyDataPolicy(
                (parameters, state, key) -> {
                  assertArrayEquals(TlsPair.SERVER_PARAMETERS, parameters);
                  assertArrayEquals(STATE, state);
                  replayKeys.add(key);
                  return true;
                })
            .build();
    SessionTicket ticket = ticket(clientConfig().build(), server);
    assertTrue(ticket.allowsEarlyData());
    TlsClientConfig client = clientConfig().ticket(ticket).earlyData(true).build();
    TlsPair pair = resume(client, server);
    assertTrue(pair.client.earlyData && pair.server.earlyData);
    assertTrue(pair.client.session.earlyDataAccepted());
    assertTrue(pair.server.session.earlyDataAccepted());
    assertNotNull(pair.client.secrets.get("EARLY_DATA/SEND"));
    assertArrayEquals(
        pair.client.secrets.get("EARLY_DATA/SEND"), pair.server.secrets.get("EARLY_DATA/RECEIVE"));
    assertEquals(1, replayKeys.size());
  }

  @Test
  @Requirement({
    "RFC8446-4.2.10#3",
    "RFC8446-4.2.10#4",
    "RFC8446-4.2.10#5",
    "RFC8446-4.2.10#8",
    "RFC8446-4.2.10#10"
  })
  void earlyDataIsRejectedWhenAnythingDiffers() {
    TlsServerConfig server = server().earlyDataPolicy((p, s, k) -> true).build();
    SessionTicket ticket = ticket(clientConfig().build(), server);
    TlsClientConfig client = clientConfig().ticket(ticket).earlyData(true).build();
    List<TlsServerConfig> servers =
        List.of(
            server.toBuilder().earlyDataPolicy(null).build(),
            server.toBuilder().earlyDataPolicy((p, s, k) -> false).build(),
            server.toBuilder().cipherSuites(CipherSuite.TLS_CHACHA20_POLY1305_SHA256).build(),
            server.toBuilder().groups(NamedGroup.SECP384R1).build(),
            server.toBuilder().clock(() -> TestAuthority.NOW.plusSeconds(11)).build(),
            server.toBuilder().ticketProtector(null).build());
    for (TlsServerConfig other : servers) {
      TlsPair pair = resume(client, other);
      assertEquals(false, pair.client.earlyData);
      assertEquals(false, pair.server.earlyData);
      assertFalse(pair.client.session.earlyDataAccepted());
    }
    TlsPair otherProtocol =
        resume(
            client.toBuilder().applicationProtocols("hq-interop", "h3").build(),
            server.toBuilder().applicationProtocols("hq-interop").build());
    assertEquals(false, otherProtocol.server.earlyData);
    // Off by default, and without the server's permission.
    assertNull(resume(clientConfig().ticket(ticket).build(), server).client.earlyData);
    assertNull(
        resume(clientConfig().ticket(ticket()).earlyData(true).build(), server).client.earlyData);
  }

  @Test
  @Requirement("RFC8446-8.2#2")
  void aReplayIsKnownByItsBinderWhichIsVerified() {
    List<byte[]> replayKeys = new ArrayList<>();
    TlsServerConfig server =
        server().earlyDataPolicy((parameters, state, key) -> replayKeys.add(key)).build();
    TlsClientConfig client =
        clientConfig().ticket(ticket(clientConfig().build(), server)).earlyData(true).build();
    byte[] hello = Flights.of(client, server).from(true).getFirst().message();
    byte[] binder = java.util.Arrays.copyOfRange(hello, hello.length - 32, hello.length);
    assertArrayEquals(binder, replayKeys.getFirst());
    TlsPair forged = new TlsPair(client, server);
    forged.tamper = Rewrite.from(true, Rewrite.lastBit(HandshakeType.CLIENT_HELLO));
    requireAlert(forged.run().server, AlertDescription.DECRYPT_ERROR);
    assertEquals(1, replayKeys.size());
  }

  @Test
  @Requirement("RFC8446-4.6.1#9")
  void noTicketLivesLongerThanSevenDays() {
    TlsServerConfig longest = server().ticketLifetime(Duration.ofDays(7)).build();
    Flights.of(clientConfig().build(), longest)
        .all(false, HandshakeType.NEW_SESSION_TICKET, NewSessionTicket::read)
        .forEach(message -> assertEquals(604_800, message.lifetimeSeconds()));
    assertThrows(
        IllegalArgumentException.class,
        () -> server().ticketLifetime(Duration.ofSeconds(604_801)).build());
  }

  /** One that a ClientHello has no room for would keep the client from saying hello at all. */
  @Test
  void aTicketThatIsTooLongIsNotUsed() {
    UnaryOperator<NewSessionTicket> longest =
        t ->
            new NewSessionTicket(
                t.lifetimeSeconds(), t.ageAdd(), t.nonce(), new byte[65_535], t.extensions());
    TlsPair pair = new TlsPair(clientConfig().build(), server().build());
    pair.tamper = Rewrite.newSessionTicket(longest);
    assertEquals(List.of(), pair.run().requireComplete().client.tickets);
    SessionTicket ticket = ticket();
    SessionTicket stored =
        new SessionTicket(
            new byte[65_535],
            ticket.cipherSuite(),
            ticket.resumptionSecret(),
            ticket.receivedAt(),
            ticket.lifetimeSeconds(),
            ticket.ageAdd(),
            ticket.maxEarlyData(),
            ticket.applicationProtocol(),
            ticket.serverName(),
            ticket.transportParameters(),
            ticket.peerCertificates(),
            ticket.applicationState());
    TlsPair second = resume(clientConfig().ticket(stored).build(), server().build());
    assertFalse(second.client.session.resumed());
  }

  @Test
  void aTicketHasRoomForTheApplicationsState() {
    byte[] most = new byte[4096];
    SessionTicket ticket =
        ticket(clientConfig().build(), server().ticketApplicationState(most).build());
    assertTrue(
        resume(clientConfig().ticket(ticket).build(), server().build()).client.session.resumed());
    assertThrows(
        IllegalArgumentException.class,
        () -> server().ticketApplicationState(new byte[4097]).build());
  }

  @Test
  void ticketsCanBeOpenedForAllOfTheirLifetime() {
    for (int seconds = 60; seconds < 64; seconds++) {
      Duration lifetime = Duration.ofSeconds(seconds);
      for (int later = 0; later < 16; later++) {
        Instant sealed = TestAuthority.NOW.plusSeconds(later);
        RotatingTicketProtector protector =
            new RotatingTicketProtector(lifetime, new Random(5), sealed);
        assertArrayEquals(
            STATE, protector.open(protector.protect(STATE, sealed), sealed.plus(lifetime)));
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new RotatingTicketProtector(
                Duration.ofDays(7).plusSeconds(1), new Random(5), TestAuthority.NOW));
  }

  @Test
  void ticketKeysRotateAndDie() {
    Instant start = TestAuthority.NOW;
    RotatingTicketProtector protector =
        new RotatingTicketProtector(Duration.ofHours(4), new Random(5), start);
    byte[] ticket = protector.protect(STATE, start);
    assertArrayEquals(STATE, protector.open(ticket, start));
    assertArrayEquals(STATE, protector.open(ticket, start.plus(Duration.ofHours(4))));
    byte[] later = protector.protect(STATE, start.plus(Duration.ofHours(4)));
    assertNull(protector.open(ticket, start.plus(Duration.ofHours(6))));
    assertArrayEquals(STATE, protector.open(later, start.plus(Duration.ofHours(6))));
    // A clock that goes back does not bring dead keys to life.
    assertNull(protector.open(ticket, start));
    for (int i = 0; i < later.length; i++) {
      byte[] forged = later.clone();
      forged[i] ^= 1;
      assertNull(protector.open(forged, start.plus(Duration.ofHours(6))));
    }
    assertNull(protector.open(new byte[0], start));
    assertNull(
        protector.open(
            protector.protect(STATE, start.plus(Duration.ofDays(9000))),
            start.plus(Duration.ofDays(9999))));
  }

  @Test
  void storedTicketsAreReadBackOrRefused() {
    SessionTicket ticket = ticket().withApplicationState(STATE);
    byte[] bytes = ticket.toBytes();
    SessionTicket back = SessionTicket.fromBytes(bytes);
    assertArrayEquals(bytes, back.toBytes());
    assertArrayEquals(STATE, back.applicationState());
    assertEquals(ticket.receivedAt(), back.receivedAt());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThrows(IllegalArgumentException.class, () -> SessionTicket.fromBytes(cut));
    }
    assertFalse(
        ticket.toString().contains(java.util.HexFormat.of().formatHex(ticket.resumptionSecret())));
  }

  @Test
  void ticketsOfAnyProtocolCanBeStored() {
    String octets = "\u00ff".repeat(255);
    TlsPair pair =
        new TlsPair(
            clientConfig().applicationProtocols(octets).build(),
            server().applicationProtocols(octets).build());
    SessionTicket ticket = pair.run().requireComplete().client.tickets.getFirst();
    SessionTicket stored = SessionTicket.fromBytes(ticket.toBytes());
    assertEquals(octets, stored.applicationProtocol());
  }

  @Test
  void storedTicketsWithAGarbledCertificateAreRefused() throws Exception {
    byte[] good = TestAuthority.encoded(TlsPair.ED25519.certificateChain().getFirst());
    byte[] bytes =
        ticket(clientConfig().build(), server().identity(TlsPair.ED25519).build()).toBytes();
    int at = 0;
    while (!java.util.Arrays.equals(bytes, at, at + good.length, good, 0, good.length)) {
      at++;
    }
    System.arraycopy(TestAuthority.withoutKey(TlsPair.ED25519), 0, bytes, at, good.length);
    assertThrows(IllegalArgumentException.class, () -> SessionTicket.fromBytes(bytes));
  }
}
