package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.cert.PkixVerifier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose signatures are made by somebody else. */
class DeferredSignatureTest {
  private static TlsServerConfig.Builder deferring() {
    return serverConfig().deferSignatures(true);
  }

  private static SignatureRequest wanted(TlsPair pair) {
    List<SignatureRequest> wanted =
        pair.server.events.stream()
            .filter(TlsEvent.SignatureWanted.class::isInstance)
            .map(event -> ((TlsEvent.SignatureWanted) event).request())
            .toList();
    assertEquals(1, wanted.size());
    return wanted.getFirst();
  }

  @ParameterizedTest
  @EnumSource(
      value = SignatureScheme.class,
      names = {
        "ECDSA_SECP256R1_SHA256",
        "ECDSA_SECP384R1_SHA384",
        "ED25519",
        "RSA_PSS_RSAE_SHA256"
      })
  void theHandshakeWaitsForTheSignature(SignatureScheme scheme) throws Exception {
    Identity identity = HandshakeTest.identityFor(scheme);
    TlsPair pair = new TlsPair(clientConfig().build(), deferring().identity(identity).build());
    pair.run();
    assertFalse(pair.client.endpoint.isHandshakeComplete());
    // The chain is with the client already: it can be judged in the meantime.
    assertEquals(identity.certificateChain(), pair.client.endpoint.session().peerCertificates());
    assertNull(pair.server.secrets.get("APPLICATION/SEND"));
    SignatureRequest request = wanted(pair);
    assertEquals(scheme, request.scheme());
    assertEquals(identity, request.identity());
    pair.server.endpoint.onSignature(request.sign());
    pair.proceed().requireComplete();
    assertEquals(scheme, pair.client.session.signatureScheme());
  }

  @Test
  void clientsAreAskedForTheirsAllTheSame() throws Exception {
    TlsPair pair =
        new TlsPair(
            clientConfig().identitySelector(request -> TlsPair.ED25519).build(),
            deferring()
                .clientAuthentication(
                    ClientAuthentication.NEED, PkixVerifier.of(List.of(TlsPair.ROOT.certificate)))
                .build());
    pair.run();
    pair.server.endpoint.onSignature(wanted(pair).sign());
    pair.proceed().requireComplete();
    assertEquals(TlsPair.ED25519.certificateChain(), pair.server.session.peerCertificates());
  }

  @Test
  void aResumptionNeedsNoSignature() throws Exception {
    TlsServerConfig server = deferring().ticketProtector(TlsPair.TICKETS).build();
    TlsPair first = new TlsPair(clientConfig().build(), server);
    first.run();
    first.server.endpoint.onSignature(wanted(first).sign());
    first.proceed().requireComplete();
    TlsClientConfig again = clientConfig().ticket(first.client.tickets.getFirst()).build();
    TlsPair pair = new TlsPair(again, server).run().requireComplete();
    assertTrue(pair.server.session.resumed());
  }

  @Test
  void aWrongSignatureIsTheServersOwnTrouble() throws Exception {
    TlsPair pair = new TlsPair(clientConfig().build(), deferring().build());
    pair.run();
    byte[] signature = wanted(pair).sign();
    signature[signature.length - 1] ^= 1;
    pair.server.endpoint.onSignature(signature);
    pair.proceed();
    TlsPair.requireAlert(pair.client, AlertDescription.DECRYPT_ERROR);
  }

  @Test
  void withoutASignatureItFails() {
    TlsPair pair = new TlsPair(clientConfig().build(), deferring().build());
    pair.run();
    TlsException failure =
        assertThrows(TlsException.class, () -> pair.server.endpoint.onSignature(null));
    assertEquals(AlertDescription.INTERNAL_ERROR, failure.alert());
    assertThrows(TlsException.class, () -> pair.server.endpoint.onSignature(new byte[64]));
  }

  @Test
  void oneSignatureIsWantedAndNoMore() throws Exception {
    TlsPair pair = new TlsPair(clientConfig().build(), deferring().build());
    assertThrows(IllegalStateException.class, () -> pair.server.endpoint.onSignature(new byte[64]));
    pair.run();
    byte[] signature = wanted(pair).sign();
    pair.server.endpoint.onSignature(signature);
    assertThrows(IllegalStateException.class, () -> pair.server.endpoint.onSignature(signature));
    pair.proceed().requireComplete();
  }

  @Test
  void nothingMayComeMeanwhile() {
    TlsPair pair = new TlsPair(clientConfig().build(), deferring().build());
    pair.run();
    byte[] finished = {20, 0, 0, 32};
    TlsPair.receive(pair.server, EncryptionLevel.HANDSHAKE, finished, 100);
    TlsPair.requireAlert(pair.server, AlertDescription.UNEXPECTED_MESSAGE);
    assertThrows(TlsException.class, () -> pair.server.endpoint.onSignature(new byte[64]));
  }
}
