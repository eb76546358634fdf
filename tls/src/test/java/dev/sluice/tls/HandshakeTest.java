package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.keys.KeySchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that succeed, with everything that can be negotiated. */
class HandshakeTest {

  static List<Arguments> combinations() {
    List<Arguments> all = new ArrayList<>();
    for (CipherSuite suite : CipherSuite.values()) {
      for (NamedGroup group : NamedGroup.values()) {
        for (SignatureScheme scheme : SignatureScheme.values()) {
          if (scheme.isForHandshake()) {
            all.add(Arguments.of(suite, group, scheme));
          }
        }
      }
    }
    return all;
  }

  static Identity identityFor(SignatureScheme scheme) {
    return switch (scheme.keyType()) {
      case EC_P256 -> TlsPair.P256;
      case EC_P384 -> TlsPair.P384;
      case ED25519 -> TlsPair.ED25519;
      case RSA -> TlsPair.RSA;
    };
  }

  @ParameterizedTest
  @MethodSource("combinations")
  @Requirement({
    "RFC8446-9.1#1",
    "RFC8446-9.1#2",
    "RFC8446-9.1#3",
    "RFC8446-9.2#13",
    "RFC8446-9.3#4"
  })
  void everySuiteWithEveryGroupAndEverySignature(
      CipherSuite suite, NamedGroup group, SignatureScheme scheme) {
    TlsPair pair =
        new TlsPair(
                clientConfig()
                    .cipherSuites(suite)
                    .groups(group)
                    .signatureSchemes(scheme, SignatureScheme.ECDSA_SECP256R1_SHA256)
                    .build(),
                serverConfig().identity(identityFor(scheme)).build())
            .run()
            .requireComplete();
    assertEquals(suite, pair.client.session.cipherSuite());
    assertEquals(group, pair.client.session.group());
    assertEquals(scheme, pair.client.session.signatureScheme());
    assertEquals("h3", pair.client.session.applicationProtocol());
    assertEquals("example.org", pair.server.session.serverName());
    assertFalse(pair.client.session.resumed());
    assertEquals(identityFor(scheme).certificateChain(), pair.client.session.peerCertificates());
  }

  @Test
  void aKnownChainStillHasToSign() {
    TlsClientConfig client = clientConfig().build();
    new TlsPair(client, serverConfig().build()).run().requireComplete();
    Identity thief =
        Identity.of(TlsPair.P256.certificateChain(), TestAuthority.keys("P-256").getPrivate());
    TlsPair pair = new TlsPair(client, serverConfig().identity(thief).build()).run();
    TlsPair.requireAlert(pair.client, AlertDescription.DECRYPT_ERROR);
    new TlsPair(client, serverConfig().build()).run().requireComplete();
  }

  @Test
  void defaultsUseThePostQuantumGroup() {
    TlsPair pair = new TlsPair(clientConfig().build(), serverConfig().build());
    pair.run().requireComplete();
    assertEquals(NamedGroup.X25519MLKEM768, pair.client.session.group());
    assertEquals(CipherSuite.TLS_AES_128_GCM_SHA256, pair.client.session.cipherSuite());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1000})
  void messagesMayBeCutAnywhere(int size) {
    TlsPair pair =
        new TlsPair(
            clientConfig().identitySelector(request -> TlsPair.ED25519).build(),
            serverConfig()
                .ticketProtector(TlsPair.TICKETS)
                .clientAuthentication(ClientAuthentication.NEED, trustRoot())
                .build());
    pair.pieces = size;
    pair.run().requireComplete();
    assertEquals(2, pair.client.tickets.size());
  }

  static CertificateVerifier trustRoot() {
    return dev.sluice.tls.cert.PkixVerifier.of(List.of(TlsPair.ROOT.certificate));
  }

  @ParameterizedTest
  @EnumSource(NamedGroup.class)
  @Requirement({
    "RFC8446-4.1.1#3",
    "RFC8446-4.1.3#9",
    "RFC8446-4.1.4#7",
    "RFC8446-4.2.2#2",
    "RFC8446-4.2.8#11"
  })
  void helloRetryRequestGetsTheGroupThatTheServerWants(NamedGroup wanted) {
    NamedGroup other = wanted == NamedGroup.X25519 ? NamedGroup.SECP256R1 : NamedGroup.X25519;
    for (boolean cookie : new boolean[] {true, false}) {
      TlsPair pair =
          new TlsPair(
                  clientConfig().keyShares(other).build(),
                  serverConfig().groups(wanted).helloRetryCookie(cookie).build())
              .run()
              .requireComplete();
      assertEquals(wanted, pair.client.session.group());
      long hellos =
          pair.client.events.stream()
              .filter(
                  e -> e instanceof TlsEvent.SendMessage m && m.level() == EncryptionLevel.INITIAL)
              .count();
      assertEquals(2, hellos);
    }
  }

  @Test
  @Requirement("RFC8446-4.2.8#1")
  void emptySharesAskForTheServersChoice() {
    TlsPair pair = new TlsPair(clientConfig().keyShares().build(), serverConfig().build());
    pair.run().requireComplete();
    assertEquals(NamedGroup.X25519MLKEM768, pair.client.session.group());
  }

  @Test
  @Requirement({
    "RFC8446-4.1.2#11",
    "RFC8446-4.1.2#16",
    "RFC8446-4.2.1#5",
    "RFC8446-9.3#5",
    "RFC9001-5.3#2"
  })
  void serverIgnoresGreaseAndClientWithoutItWorksToo() {
    new TlsPair(clientConfig().grease(true).build(), serverConfig().build())
        .run()
        .requireComplete();
    new TlsPair(clientConfig().grease(false).build(), serverConfig().build())
        .run()
        .requireComplete();
  }

  @Test
  void addressesAreVerifiedButNotSentAsNames() {
    for (String address : List.of("127.0.0.1", "::1", "[::1]")) {
      TlsPair pair =
          new TlsPair(clientConfig().serverName(address).build(), serverConfig().build())
              .run()
              .requireComplete();
      assertNull(pair.server.session.serverName());
      assertNull(pair.client.session.serverName());
    }
  }

  @Test
  void serverPrefersItsOwnOrder() {
    TlsPair pair =
        new TlsPair(
                clientConfig().applicationProtocols("hq-interop", "h3").build(),
                serverConfig()
                    .applicationProtocols("h3", "hq-interop")
                    .cipherSuites(
                        CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                        CipherSuite.TLS_AES_128_GCM_SHA256)
                    .build())
            .run()
            .requireComplete();
    assertEquals("h3", pair.client.session.applicationProtocol());
    assertEquals(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, pair.client.session.cipherSuite());
  }

  @Test
  void keyLogHasEverySecretOnBothSidesAlike() {
    List<String> clientLines = new ArrayList<>();
    List<String> serverLines = new ArrayList<>();
    new TlsPair(
            clientConfig().keyLog((l, r, s) -> clientLines.add(KeyLog.line(l, r, s))).build(),
            serverConfig().keyLog((l, r, s) -> serverLines.add(KeyLog.line(l, r, s))).build())
        .run()
        .requireComplete();
    assertEquals(clientLines, serverLines);
    assertEquals(
        List.of(
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET"),
        clientLines.stream().map(line -> line.split(" ")[0]).toList());
    assertTrue(clientLines.getFirst().matches("\\S+ [0-9a-f]{64} [0-9a-f]{64}"));
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  @Requirement("RFC8446-7.5#1")
  void exportsFromTheExporterMasterSecret(CipherSuite suite) {
    List<byte[]> masters = new ArrayList<>();
    TlsPair pair =
        new TlsPair(
                clientConfig()
                    .cipherSuites(suite)
                    .keyLog(
                        (label, random, secret) -> {
                          if (label.equals("EXPORTER_SECRET")) {
                            masters.add(secret.clone());
                          }
                        })
                    .build(),
                serverConfig().build())
            .run()
            .requireComplete();
    byte[] context = {1, 2, 3};
    byte[] derived =
        Hkdf.of(suite)
            .expandLabel(
                masters.getFirst(),
                "EXPORTER-test",
                KeySchedule.digest(suite).digest(),
                suite.hashLength());
    byte[] hash = KeySchedule.digest(suite).digest(context);
    assertArrayEquals(
        Hkdf.of(suite).expandLabel(derived, "exporter", hash, 40),
        pair.server.endpoint.exportKeyingMaterial("EXPORTER-test", context, 40));
  }

  @Test
  @Requirement("RFC8446-6.2#1")
  void nothingIsLeftOfAConnectionThatFailed() {
    TlsPair pair =
        new TlsPair(clientConfig().build(), serverConfig().build()).run().requireComplete();
    for (TlsPair.Side side : List.of(pair.client, pair.server)) {
      byte[] before = side.endpoint.exportKeyingMaterial("EXPORTER-test", new byte[0], 32);
      TlsPair.receive(side, EncryptionLevel.APPLICATION, new byte[] {24, 0, 0, 1, 0}, 9);
      TlsException failure = TlsPair.requireAlert(side, AlertDescription.UNEXPECTED_MESSAGE);
      assertFalse(
          Arrays.equals(
              before, side.endpoint.exportKeyingMaterial("EXPORTER-test", new byte[0], 32)));
      side.failure = null;
      TlsPair.receive(side, EncryptionLevel.APPLICATION, new byte[] {4}, 9);
      assertSame(failure, side.failure);
    }
  }

  @Test
  @Requirement({"RFC8446-4#1", "RFC8446-2#2", "RFC8446-E.5#4"})
  void eventsComeInTheOrderOfTheRfc() {
    TlsPair pair = new TlsPair(clientConfig().build(), serverConfig().build());
    pair.run().requireComplete();
    assertEquals(
        List.of(
            "SendMessage INITIAL",
            "TrafficSecret HANDSHAKE SEND",
            "TrafficSecret HANDSHAKE RECEIVE",
            "PeerTransportParameters",
            "SendMessage HANDSHAKE",
            "TrafficSecret APPLICATION SEND",
            "TrafficSecret APPLICATION RECEIVE",
            "HandshakeComplete"),
        names(pair.client.events));
    assertEquals(
        List.of(
            "PeerTransportParameters",
            "SendMessage INITIAL",
            "TrafficSecret HANDSHAKE SEND",
            "TrafficSecret HANDSHAKE RECEIVE",
            "SendMessage HANDSHAKE",
            "TrafficSecret APPLICATION SEND",
            "TrafficSecret APPLICATION RECEIVE",
            "HandshakeComplete"),
        names(pair.server.events));
  }

  private static List<String> names(List<TlsEvent> events) {
    return events.stream()
        .map(
            event ->
                switch (event) {
                  case TlsEvent.SendMessage m -> "SendMessage " + m.level();
                  case TlsEvent.TrafficSecret s ->
                      "TrafficSecret " + s.level() + " " + s.direction();
                  default -> event.getClass().getSimpleName();
                })
        .toList();
  }
}
