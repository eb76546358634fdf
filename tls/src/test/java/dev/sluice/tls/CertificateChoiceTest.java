package dev.sluice.tls;

import static dev.sluice.tls.SignatureScheme.ECDSA_SECP256R1_SHA256;
import static dev.sluice.tls.SignatureScheme.ED25519;
import static dev.sluice.tls.SignatureScheme.RSA_PKCS1_SHA256;
import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.cert.SniSelector;
import dev.sluice.tls.cert.TrustAllVerifier;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.HandshakeType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which chain is shown to whom: one that its signatures let the peer judge. */
class CertificateChoiceTest {
  private static final Identity BY_RSA =
      TestAuthority.create("RSA Root", "RSA").issue("P-256", "example.org");
  private static final Identity BY_EC = TlsPair.P256;

  private static TlsServerConfig server(Identity... identities) {
    return serverConfig().identitySelector(new SniSelector(List.of(identities))).build();
  }

  private static TlsClientConfig.Builder trusting(SignatureScheme... schemes) {
    return clientConfig().certificateVerifier(TrustAllVerifier.INSTANCE).signatureSchemes(schemes);
  }

  private static void assertShown(Identity wanted, Certificate message) throws Exception {
    assertArrayEquals(
        wanted.certificateChain().getFirst().getEncoded(), message.entries().getFirst().der());
  }

  private static Certificate shown(TlsClientConfig client, TlsServerConfig server) {
    return Flights.of(client, server).one(false, HandshakeType.CERTIFICATE, Certificate::read);
  }

  @Test
  @Requirement("RFC8446-4.4.2.2#5")
  void aServerShowsAChainThatTheClientCanJudge() throws Exception {
    TlsServerConfig both = server(BY_RSA, BY_EC);
    assertShown(BY_EC, shown(trusting(ECDSA_SECP256R1_SHA256, ED25519).build(), both));
    assertShown(BY_RSA, shown(trusting(ECDSA_SECP256R1_SHA256, RSA_PKCS1_SHA256).build(), both));
    // It is not able to do better than that.
    assertShown(BY_RSA, shown(trusting(ECDSA_SECP256R1_SHA256).build(), server(BY_RSA)));
  }

  /** The handshake cannot end well, since only the server sees the changed hello. */
  @Test
  @Requirement("RFC8446-9.2#1")
  void whatHoldsForCertificatesAloneGoesBefore() throws Exception {
    byte[] onlyEc = {0, 2, 4, 3};
    Certificate shown =
        Flights.of(
                trusting(SignatureScheme.values()).build(),
                server(BY_RSA, BY_EC),
                Rewrite.clientExtensions(
                    all ->
                        Rewrite.plus(
                            all,
                            new UnknownExtension(
                                ExtensionType.SIGNATURE_ALGORITHMS_CERT.code(), onlyEc))))
            .one(false, HandshakeType.CERTIFICATE, Certificate::read);
    assertShown(BY_EC, shown);
  }

  @Test
  @Requirement("RFC8446-4.4.2.3#3")
  void aClientShowsNoChainThatTheServerCannotJudge() throws Exception {
    TlsServerConfig asking =
        serverConfig()
            .clientAuthentication(ClientAuthentication.WANT, TrustAllVerifier.INSTANCE)
            .signatureSchemes(ECDSA_SECP256R1_SHA256)
            .build();
    assertShown(BY_EC, answer(BY_EC, asking));
    assertEquals(List.of(), answer(BY_RSA, asking).entries());
  }

  private static Certificate answer(Identity identity, TlsServerConfig server) {
    return Flights.of(clientConfig().identitySelector(request -> identity).build(), server)
        .one(true, HandshakeType.CERTIFICATE, Certificate::read);
  }

  @Test
  @Requirement("RFC8446-4.2.6#1")
  void noServerAsksAfterTheHandshake() {
    for (ClientAuthentication authentication : ClientAuthentication.values()) {
      TlsServerConfig server =
          TlsPair.givingTickets()
              .clientAuthentication(authentication, TrustAllVerifier.INSTANCE)
              .build();
      List<HandshakeType> after =
          Flights.of(clientConfig().identitySelector(request -> BY_EC).build(), server)
              .from(false)
              .stream()
              .filter(sent -> sent.level() == EncryptionLevel.APPLICATION)
              .map(Flights.Sent::type)
              .distinct()
              .toList();
      assertEquals(List.of(HandshakeType.NEW_SESSION_TICKET), after);
    }
  }
}
