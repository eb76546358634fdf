package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static dev.sluice.tls.message.HandshakeType.CERTIFICATE;
import static dev.sluice.tls.message.HandshakeType.CERTIFICATE_REQUEST;
import static dev.sluice.tls.message.HandshakeType.CERTIFICATE_VERIFY;
import static dev.sluice.tls.message.HandshakeType.CLIENT_HELLO;
import static dev.sluice.tls.message.HandshakeType.ENCRYPTED_EXTENSIONS;
import static dev.sluice.tls.message.HandshakeType.FINISHED;
import static dev.sluice.tls.message.HandshakeType.NEW_SESSION_TICKET;
import static dev.sluice.tls.message.HandshakeType.SERVER_HELLO;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.PskKeyExchangeModes;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.message.ServerHello;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which messages the two sides send, in which order, and what stands in them. */
class FlightTest {
  private static final byte[] NONE = new byte[0];

  /** A server that asks for a certificate and gives tickets. */
  private static TlsServerConfig.Builder asking() {
    return TlsPair.givingTickets()
        .clientAuthentication(ClientAuthentication.WANT, HandshakeTest.trustRoot());
  }

  private static TlsClientConfig resuming(TlsServerConfig server) {
    return clientConfig().ticket(TlsPair.ticketOf(server)).earlyData(true).build();
  }

  /** A full handshake with everything, one after a HelloRetryRequest, and a resumption. */
  private static List<Flights> kinds() {
    TlsServerConfig server = asking().build();
    return List.of(
        Flights.of(clientConfig().identitySelector(r -> TlsPair.P384).build(), server),
        Flights.of(
            clientConfig().build(),
            asking().groups(NamedGroup.SECP384R1).helloRetryCookie(true).build()),
        Flights.of(resuming(server), server));
  }

  @Test
  @Requirement({
    "RFC8446-4.1.2#1",
    "RFC8446-4.3.1#1",
    "RFC8446-4.3.2#2",
    "RFC8446-4.4.2#1",
    "RFC8446-4.4.2#2",
    "RFC8446-4.4.2#3",
    "RFC8446-4.4.2#4",
    "RFC8446-4.4.3#1",
    "RFC8446-4.4.3#2",
    "RFC8446-4.4.3#3",
    "RFC8446-4.5#3"
  })
  void messagesComeInTheOrderOfTheRfc() {
    TlsServerConfig asking = asking().build();
    Flights full = Flights.of(clientConfig().identitySelector(r -> TlsPair.P384).build(), asking);
    assertEquals(
        List.of(
            SERVER_HELLO,
            ENCRYPTED_EXTENSIONS,
            CERTIFICATE_REQUEST,
            CERTIFICATE,
            CERTIFICATE_VERIFY,
            FINISHED,
            NEW_SESSION_TICKET,
            NEW_SESSION_TICKET),
        full.types(false));
    assertEquals(
        List.of(CLIENT_HELLO, CERTIFICATE, CERTIFICATE_VERIFY, FINISHED), full.types(true));

    Flights nothingToShow = Flights.of(clientConfig().build(), asking);
    assertEquals(List.of(CLIENT_HELLO, CERTIFICATE, FINISHED), nothingToShow.types(true));
    assertEquals(List.of(), nothingToShow.one(true, CERTIFICATE, Certificate::read).entries());

    Flights unasked =
        Flights.of(
            clientConfig().identitySelector(r -> TlsPair.P384).build(), serverConfig().build());
    assertEquals(List.of(CLIENT_HELLO, FINISHED), unasked.types(true));
    assertEquals(
        List.of(SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_VERIFY, FINISHED),
        unasked.types(false));

    Flights resumed = Flights.of(resuming(asking), asking);
    assertEquals(List.of(CLIENT_HELLO, FINISHED), resumed.types(true));
    assertEquals(
        List.of(SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED), resumed.types(false).subList(0, 3));
  }

  @Test
  @Requirement("RFC8446-4.4.4#3")
  void whatFollowsAFinishedIsUnderApplicationKeys() {
    for (Flights flights : kinds()) {
      List<Flights.Sent> messages = flights.from(false);
      int finished = flights.types(false).indexOf(FINISHED);
      assertEquals(EncryptionLevel.HANDSHAKE, messages.get(finished).level());
      List<Flights.Sent> after = messages.subList(finished + 1, messages.size());
      assertEquals(2, after.size());
      after.forEach(sent -> assertEquals(EncryptionLevel.APPLICATION, sent.level()));
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.1.3#1",
    "RFC8446-4.1.3#6",
    "RFC8446-4.1.3#7",
    "RFC8446-4.1.3#8",
    "RFC8446-4.1.4#1",
    "RFC8446-4.1.4#3",
    "RFC8446-4.2.1#9",
    "RFC8446-4.2.1#10",
    "RFC8446-9.2#3",
    "RFC8446-9.2#6",
    "RFC8446-9.2#7",
    "RFC8446-D.5#9"
  })
  void aServerHelloSaysWhatKeysNeedAndNoMore() throws TlsException {
    List<List<Integer>> extensions = new ArrayList<>();
    for (Flights flights : kinds()) {
      for (ServerHello hello : flights.all(false, SERVER_HELLO, ServerHello::read)) {
        assertEquals(0x0303, hello.legacyVersion());
        assertEquals(0, hello.legacySessionIdEcho().length);
        assertEquals(0, hello.legacyCompressionMethod());
        assertEquals(0x0304, SelectedVersion.in(hello.extensions()).version());
        extensions.add(Flights.codes(hello.extensions()));
      }
      for (ClientHello hello : flights.all(true, CLIENT_HELLO, ClientHello::read)) {
        assertEquals(0x0303, hello.legacyVersion());
        assertTrue(hello.extensions().contains(ExtensionType.SUPPORTED_VERSIONS));
      }
    }
    // supported_versions is 43, key_share 51, cookie 44, pre_shared_key 41.
    assertEquals(
        List.of(List.of(43, 51), List.of(43, 51, 44), List.of(43, 51), List.of(43, 51, 41)),
        extensions);
  }

  @Test
  @Requirement({"RFC8446-4.1.4#9", "RFC8446-4.1.4#12"})
  void theServerKeepsToItsHelloRetryRequest() throws TlsException {
    for (CipherSuite suite : CipherSuite.values()) {
      CipherSuite lessWanted = CipherSuite.values()[suite.ordinal() == 0 ? 1 : 0];
      List<ServerHello> both =
          Flights.of(
                  clientConfig().build(),
                  serverConfig()
                      .groups(NamedGroup.SECP384R1)
                      .cipherSuites(suite, lessWanted)
                      .build())
              .all(false, SERVER_HELLO, ServerHello::read);
      assertEquals(2, both.size());
      assertTrue(both.getFirst().isHelloRetryRequest());
      for (ServerHello hello : both) {
        assertEquals(suite.code(), hello.cipherSuite());
        assertEquals(0x0304, SelectedVersion.in(hello.extensions()).version());
      }
    }
  }

  @Test
  @Requirement({"RFC8446-4.1.3#2", "RFC8446-4.1.3#3"})
  void aServersRandomIsItsOwn() {
    TlsServerConfig server = serverConfig().build();
    List<Set<Byte>> seen = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      seen.add(new HashSet<>());
    }
    for (int i = 0; i < 24; i++) {
      byte[] random = randoms(i, server).get(1);
      for (int at = 0; at < random.length; at++) {
        seen.get(at).add(random[at]);
      }
    }
    seen.forEach(values -> assertTrue(values.size() > 12, "bytes that hardly change: " + values));

    // The same source beside another ClientHello gives the same.
    List<byte[]> one = randoms(77, serverConfig().random(new Random(5)).build());
    List<byte[]> other = randoms(78, serverConfig().random(new Random(5)).build());
    assertNotEquals(
        List.of(one.get(0)[0], one.get(0)[1]), List.of(other.get(0)[0], other.get(0)[1]));
    assertArrayEquals(one.get(1), other.get(1));
  }

  /** Of the client and the server. */
  private static List<byte[]> randoms(int clientSeed, TlsServerConfig server) {
    Flights flights =
        Flights.of(
            clientConfig()
                .random(new Random(clientSeed))
                .groups(NamedGroup.X25519)
                .grease(false)
                .build(),
            server);
    return List.of(
        flights.one(true, CLIENT_HELLO, ClientHello::read).random(),
        flights.one(false, SERVER_HELLO, ServerHello::read).random());
  }

  @Test
  @Requirement({"RFC8446-2#1", "RFC8446-4.2.8#12", "RFC8446-4.2.8#13"})
  void theServersShareIsOfAGroupThatTheClientHasAShareOf() throws TlsException {
    for (NamedGroup preferred : NamedGroup.values()) {
      for (NamedGroup offered : NamedGroup.values()) {
        Flights flights =
            Flights.of(
                clientConfig().groups(NamedGroup.values()).keyShares(offered).build(),
                serverConfig().groups(preferred, offered).build());
        ClientHello hello = flights.one(true, CLIENT_HELLO, ClientHello::read);
        KeyShareEntry share =
            KeyShareSelection.in(flights.one(false, SERVER_HELLO, ServerHello::read).extensions())
                .entry();
        assertEquals(offered.code(), share.group());
        assertTrue(KeyShareOffer.in(hello.extensions()).share(share.group()) != null);
      }
    }
  }

  @Test
  @Requirement({"RFC8446-4.1.1#2", "RFC8446-4.2.8#13", "RFC8446-4.2.9#4"})
  void noPskIsTakenByAModeThatTheClientDoesNotList() {
    TlsServerConfig server = asking().build();
    for (List<Integer> modes : List.of(List.of(0), List.of(0x0b), List.of(0, 0xff))) {
      Flights flights =
          Flights.of(
              resuming(server),
              server,
              Rewrite.clientExtensions(e -> Rewrite.with(e, new PskKeyExchangeModes(modes))));
      Extensions hello = flights.one(false, SERVER_HELLO, ServerHello::read).extensions();
      assertFalse(hello.contains(ExtensionType.PRE_SHARED_KEY));
      assertTrue(flights.types(false).contains(CERTIFICATE));
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.2#3",
    "RFC8446-4.2.5#1",
    "RFC8446-4.2.6#2",
    "RFC8446-4.2.9#6",
    "RFC8446-4.4.2#7"
  })
  void nobodyAnswersWhatWasNotAsked() {
    List<Flights> all = new ArrayList<>(kinds());
    all.add(
        Flights.of(clientConfig().serverName("127.0.0.1").grease(false).build(), asking().build()));
    for (Flights flights : all) {
      List<Integer> asked =
          Flights.codes(flights.all(true, CLIENT_HELLO, ClientHello::read).getFirst().extensions());
      for (ServerHello hello : flights.all(false, SERVER_HELLO, ServerHello::read)) {
        List<Integer> codes = new ArrayList<>(Flights.codes(hello.extensions()));
        if (hello.isHelloRetryRequest()) {
          codes.remove((Integer) ExtensionType.COOKIE.code());
        }
        assertTrue(asked.containsAll(codes), codes.toString());
      }
      List<Integer> encrypted =
          Flights.codes(
              flights.one(false, ENCRYPTED_EXTENSIONS, EncryptedExtensions::read).extensions());
      assertTrue(asked.containsAll(encrypted), encrypted.toString());
      // server_name, supported_groups, ALPN, early_data and the transport parameters.
      assertTrue(List.of(0, 10, 16, 42, 57).containsAll(encrypted), encrypted.toString());
      for (boolean client : new boolean[] {true, false}) {
        for (Certificate certificate : flights.all(client, CERTIFICATE, Certificate::read)) {
          certificate
              .entries()
              .forEach(e -> assertEquals(List.of(), Flights.codes(e.extensions())));
        }
      }
      for (CertificateRequest request :
          flights.all(false, CERTIFICATE_REQUEST, CertificateRequest::read)) {
        assertEquals(
            List.of(ExtensionType.SIGNATURE_ALGORITHMS.code()),
            Flights.codes(request.extensions()));
      }
    }
  }

  @Test
  @Requirement({"RFC8446-4.4.2.1#2", "RFC8446-4.4.2.1#3", "RFC8446-D.5#13", "RFC8446-4.1.2#16"})
  void extensionsOfOlderTlsArePassedOver() {
    TlsServerConfig server = asking().build();
    // truncated_hmac, status_request_v2, encrypt_then_mac, extended_master_secret, renegotiation.
    for (int code : new int[] {4, 17, 22, 23, 0xff01}) {
      Extension old = new UnknownExtension(code, new byte[] {0, 1, 2});
      Flights flights =
          Flights.of(
              clientConfig().build(), server, Rewrite.clientExtensions(e -> Rewrite.plus(e, old)));
      List<Extensions> answers = new ArrayList<>();
      answers.add(flights.one(false, SERVER_HELLO, ServerHello::read).extensions());
      answers.add(flights.one(false, ENCRYPTED_EXTENSIONS, EncryptedExtensions::read).extensions());
      answers.add(flights.one(false, CERTIFICATE_REQUEST, CertificateRequest::read).extensions());
      flights
          .one(false, CERTIFICATE, Certificate::read)
          .entries()
          .forEach(entry -> answers.add(entry.extensions()));
      answers.forEach(answer -> assertFalse(Flights.codes(answer).contains(code)));
      ClientHello own =
          Flights.of(clientConfig().build(), server).one(true, CLIENT_HELLO, ClientHello::read);
      assertFalse(Flights.codes(own.extensions()).contains(code));
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.3.2#3",
    "RFC8446-4.3.2#4",
    "RFC8446-4.4.2#5",
    "RFC8446-4.4.2#9",
    "RFC8446-4.4.2#15"
  })
  void certificatesComeWithTheSendersOwnFirstAndEachBeforeItsIssuer() {
    TestAuthority upper = TlsPair.ROOT.subordinate("Upper");
    TestAuthority lower = upper.subordinate("Lower");
    Identity leaf = lower.issue("P-256", "example.org");
    X509Certificate own = leaf.certificateChain().getFirst();
    Identity chain =
        Identity.of(List.of(own, lower.certificate, upper.certificate), leaf.privateKey());
    Flights flights =
        Flights.of(
            clientConfig().identitySelector(r -> chain).build(), asking().identity(chain).build());
    assertEquals(
        0, flights.one(false, CERTIFICATE_REQUEST, CertificateRequest::read).context().length);
    for (boolean client : new boolean[] {false, true}) {
      Certificate message = flights.one(client, CERTIFICATE, Certificate::read);
      assertEquals(0, message.context().length);
      assertEquals(
          Stream.of(own, lower.certificate, upper.certificate)
              .map(c -> ByteBuffer.wrap(TestAuthority.encoded(c)))
              .toList(),
          message.entries().stream().map(e -> ByteBuffer.wrap(e.der())).toList());
    }
  }

  @Test
  @Requirement({"RFC8446-4.2.3#1", "RFC8446-4.4.2.2#2", "RFC8446-4.4.3#5"})
  void aKeySignsByASchemeThatFitsItAndThatThePeerTakes() {
    SignatureScheme[] order = {
      SignatureScheme.RSA_PKCS1_SHA256,
      SignatureScheme.ED25519,
      SignatureScheme.ECDSA_SECP384R1_SHA384,
      SignatureScheme.RSA_PSS_RSAE_SHA384,
      SignatureScheme.ECDSA_SECP256R1_SHA256
    };
    record Case(Identity identity, SignatureScheme scheme) {}
    List<Case> cases =
        List.of(
            new Case(TlsPair.RSA, SignatureScheme.RSA_PSS_RSAE_SHA384),
            new Case(TlsPair.P256, SignatureScheme.ECDSA_SECP256R1_SHA256),
            new Case(TlsPair.P384, SignatureScheme.ECDSA_SECP384R1_SHA384),
            new Case(TlsPair.ED25519, SignatureScheme.ED25519));
    for (Case one : cases) {
      Flights flights =
          Flights.of(
              clientConfig().signatureSchemes(order).identitySelector(r -> one.identity).build(),
              asking().signatureSchemes(order).identity(one.identity).build());
      for (boolean client : new boolean[] {true, false}) {
        assertEquals(
            one.scheme.code(),
            flights.one(client, CERTIFICATE_VERIFY, CertificateVerify::read).algorithm());
      }
    }
    Flights unfit =
        Flights.of(
            clientConfig().identitySelector(r -> TlsPair.P384).build(),
            asking().signatureSchemes(SignatureScheme.ECDSA_SECP256R1_SHA256).build());
    assertEquals(List.of(CLIENT_HELLO, CERTIFICATE, FINISHED), unfit.types(true));
  }

  @Test
  @Requirement("RFC8446-4.6.1#12")
  void everyTicketHasAnAgeAddOfItsOwn() {
    Set<Long> seen = new HashSet<>();
    TlsServerConfig server = asking().ticketCount(8).build();
    for (int i = 0; i < 4; i++) {
      Flights.of(clientConfig().build(), server)
          .all(false, NEW_SESSION_TICKET, NewSessionTicket::read)
          .forEach(ticket -> seen.add(ticket.ageAdd()));
    }
    assertEquals(32, seen.size());
  }

  @Test
  @Requirement("RFC8446-B#1")
  void reservedValuesAreNotSent() {
    Set<HandshakeType> types = new HashSet<>();
    for (Flights flights : kinds()) {
      types.addAll(flights.types(true));
      types.addAll(flights.types(false));
    }
    Set<Integer> reserved = Set.of(0, 3, 6, 12, 14, 16, 21, 22, 23);
    types.forEach(type -> assertFalse(reserved.contains(type.code()), type.rfcName()));
    for (int alert : new int[] {21, 30, 41, 60, 100, 111, 114}) {
      assertEquals(null, AlertDescription.of(alert));
    }
  }

  @Test
  @Requirement("RFC8446-4.2.11.3#1")
  void aServerThatTakesEarlyDataAnswersAtOnce() {
    TlsServerConfig server = asking().build();
    TlsPair pair = new TlsPair(resuming(server), server);
    List<HandshakeType> types = new ArrayList<>();
    pair.tamper =
        (fromClient, level, bytes) -> {
          if (fromClient && level != EncryptionLevel.INITIAL) {
            return NONE;
          }
          types.add(HandshakeType.of(bytes[0]));
          return bytes;
        };
    pair.run();
    assertTrue(pair.server.earlyData);
    assertEquals(List.of(CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS), types);
    assertTrue(pair.server.secrets.containsKey("APPLICATION/SEND"), "its Finished is sent");
  }
}
