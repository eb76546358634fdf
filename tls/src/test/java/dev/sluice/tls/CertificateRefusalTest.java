package dev.sluice.tls;

import static dev.sluice.tls.AlertDescription.BAD_CERTIFICATE;
import static dev.sluice.tls.AlertDescription.CERTIFICATE_EXPIRED;
import static dev.sluice.tls.AlertDescription.DECODE_ERROR;
import static dev.sluice.tls.AlertDescription.DECRYPT_ERROR;
import static dev.sluice.tls.AlertDescription.ILLEGAL_PARAMETER;
import static dev.sluice.tls.AlertDescription.MISSING_EXTENSION;
import static dev.sluice.tls.AlertDescription.UNEXPECTED_MESSAGE;
import static dev.sluice.tls.AlertDescription.UNKNOWN_CA;
import static dev.sluice.tls.AlertDescription.UNSUPPORTED_EXTENSION;
import static dev.sluice.tls.ClientRefusalTest.run;
import static dev.sluice.tls.ClientRefusalTest.unknown;
import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.requireAlert;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.cert.PkixVerifier;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.HandshakeType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which one side refuses what the other shows and says of its certificate. */
class CertificateRefusalTest {
  private static final byte[] NONE = new byte[0];

  static List<Arguments> certificates() {
    return List.of(
        Arguments.of(
            "empty", DECODE_ERROR, Rewrite.certificate(c -> new Certificate(NONE, List.of()))),
        Arguments.of(
            "context",
            ILLEGAL_PARAMETER,
            Rewrite.certificate(c -> new Certificate(new byte[] {1}, c.entries()))),
        Arguments.of(
            "garbage",
            BAD_CERTIFICATE,
            Rewrite.certificate(
                c ->
                    new Certificate(
                        NONE,
                        List.of(
                            new Certificate.Entry(
                                new byte[] {0x30, 3, 2, 1, 1},
                                c.entries().getFirst().extensions()))))),
        Arguments.of(
            "a key of no bytes",
            BAD_CERTIFICATE,
            Rewrite.certificate(c -> with(c, der -> TestAuthority.withoutKey(TlsPair.ED25519)))),
        Arguments.of(
            "bytes after it",
            BAD_CERTIFICATE,
            Rewrite.certificate(c -> with(c, der -> Arrays.copyOf(der, der.length + 1)))),
        Arguments.of(
            "PEM", BAD_CERTIFICATE, Rewrite.certificate(c -> with(c, CertificateRefusalTest::pem))),
        Arguments.of(
            "unasked status",
            UNSUPPORTED_EXTENSION,
            Rewrite.certificate(CertificateRefusalTest::withStatus)),
        Arguments.of(
            "an endless chain",
            DECODE_ERROR,
            Rewrite.certificate(
                c ->
                    new Certificate(
                        NONE, java.util.Collections.nCopies(17, c.entries().getFirst())))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("certificates")
  @Requirement({"RFC8446-4.4.2.4#1", "RFC8446-4.4.2#6"})
  void refusesCertificate(String what, AlertDescription alert, TlsPair.Tamper tamper) {
    TlsException e = requireAlert(run(tamper).client, alert);
    assertTrue(e.getMessage().startsWith("Certificate"), e.getMessage());
  }

  @Test
  @Requirement({"RFC9001-4.4#1", "RFC8446-4.4.2.2#9"})
  void refusesChainsWithTheAlertThatFits() {
    record Case(AlertDescription alert, TlsClientConfig client) {}
    TlsClientConfig client = clientConfig().build();
    List<Case> cases =
        List.of(
            new Case(BAD_CERTIFICATE, client.toBuilder().serverName("other.example").build()),
            new Case(
                CERTIFICATE_EXPIRED,
                client.toBuilder()
                    .clock(() -> TestAuthority.NOW.plus(Duration.ofDays(60)))
                    .build()),
            new Case(
                UNKNOWN_CA,
                client.toBuilder()
                    .certificateVerifier(
                        PkixVerifier.of(
                            List.of(TestAuthority.create("Other", "P-256").certificate)))
                    .build()));
    for (Case one : cases) {
      requireAlert(run((c, l, b) -> b, one.client, serverConfig().build()).client, one.alert);
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.2.3#1",
    "RFC8446-4.4.3#6",
    "RFC8446-4.4.3#8",
    "RFC8446-4.4.3#9",
    "RFC8446-4.4.3#10"
  })
  void refusesCertificateVerify() {
    // Not by the Finished, which does not fit the transcript either.
    for (TlsPair.Tamper wrong :
        List.of(
            Rewrite.lastBit(HandshakeType.CERTIFICATE_VERIFY),
            Rewrite.certificateVerify(v -> new CertificateVerify(v.algorithm(), NONE)))) {
      String reason = requireAlert(run(wrong).client, DECRYPT_ERROR).getMessage();
      assertTrue(reason.startsWith("CertificateVerify"), reason);
    }
    for (int code : new int[] {0x0401, 0x0203, 0x0807, 0x0503, 0x9999}) {
      TlsPair.Tamper other =
          Rewrite.certificateVerify(v -> new CertificateVerify(code, v.signature()));
      requireAlert(run(other).client, ILLEGAL_PARAMETER);
    }
    requireAlert(
        run(Rewrite.message(HandshakeType.CERTIFICATE_VERIFY, m -> null)).client,
        UNEXPECTED_MESSAGE);
    requireAlert(
        run(Rewrite.message(HandshakeType.CERTIFICATE, m -> null)).client, UNEXPECTED_MESSAGE);
  }

  /** The one was not offered, the other for certificates alone, and both would fit the key. */
  @Test
  @Requirement({"RFC8446-4.4.3#4", "RFC8446-4.4.3#7"})
  void refusesAServersSignatureByASchemeThatItHasNotOfferedForIt() {
    TlsClientConfig client =
        clientConfig()
            .signatureSchemes(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PKCS1_SHA256)
            .build();
    TlsServerConfig server = serverConfig().identity(TlsPair.RSA).build();
    for (SignatureScheme other :
        List.of(SignatureScheme.RSA_PSS_RSAE_SHA384, SignatureScheme.RSA_PKCS1_SHA256)) {
      TlsPair.Tamper signed =
          Rewrite.certificateVerify(v -> new CertificateVerify(other.code(), v.signature()));
      requireAlert(run(signed, client, server).client, ILLEGAL_PARAMETER);
    }
  }

  @Test
  @Requirement({"RFC8446-4.2.5#4", "RFC8446-4.3.2#6", "RFC8446-4.3.2#7", "RFC8446-9.3#6"})
  void judgesCertificateRequests() {
    Map<AlertDescription, UnaryOperator<CertificateRequest>> refused =
        Map.of(
            ILLEGAL_PARAMETER,
            r -> new CertificateRequest(new byte[] {1}, r.extensions()),
            MISSING_EXTENSION,
            r ->
                new CertificateRequest(
                    NONE, Rewrite.without(r.extensions(), ExtensionType.SIGNATURE_ALGORITHMS)));
    refused.forEach((alert, change) -> requireAlert(asked(change).client, alert));
    // Unknown extensions are passed over; only the Finished then shows that it was altered. So are
    // filters: of the OIDs in them none is known here. This one is 1.2.3 without values.
    byte[] filters = {0, 7, 4, 6, 2, 0x2a, 3, 0, 0};
    for (UnknownExtension more :
        List.of(
            new UnknownExtension(0x1234, NONE),
            new UnknownExtension(ExtensionType.OID_FILTERS.code(), filters))) {
      TlsPair pair = asked(r -> new CertificateRequest(NONE, Rewrite.plus(r.extensions(), more)));
      requireAlert(pair.client, DECRYPT_ERROR);
    }
  }

  private static TlsPair asked(UnaryOperator<CertificateRequest> change) {
    TlsClientConfig client = clientConfig().identitySelector(r -> TlsPair.RSA).build();
    return run(Rewrite.certificateRequest(change), client, asking().build());
  }

  private static TlsServerConfig.Builder asking() {
    return serverConfig()
        .clientAuthentication(ClientAuthentication.WANT, HandshakeTest.trustRoot());
  }

  @Test
  @Requirement("RFC8446-4.4.2#7")
  void refusesAClientsAnswersToWhatWasNotAsked() {
    TlsClientConfig client = clientConfig().identitySelector(r -> TlsPair.P256).build();
    TlsPair pair =
        ServerRefusalTest.run(
            Rewrite.certificate(CertificateRefusalTest::withStatus), client, asking().build());
    requireAlert(pair.server, UNSUPPORTED_EXTENSION);
  }

  /** With a leaf that is encoded in another way. */
  private static Certificate with(Certificate certificate, UnaryOperator<byte[]> encoding) {
    Certificate.Entry leaf = certificate.entries().getFirst();
    return new Certificate(
        NONE, List.of(new Certificate.Entry(encoding.apply(leaf.der()), leaf.extensions())));
  }

  private static byte[] pem(byte[] der) {
    String text =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END CERTIFICATE-----\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  @Requirement("RFC8446-4.2.3#8")
  void refusesARsaeSchemeBesideAKeyThatIsOnlyForPss() {
    byte[] der =
        TestAuthority.encoded(
            TlsPair.ROOT.sign(
                new TestAuthority.Request("example.org", TestAuthority.keys("RSASSA-PSS"))
                    .names("example.org")));
    TlsPair.Tamper shown = Rewrite.certificate(c -> with(c, leaf -> der));
    TlsServerConfig server = serverConfig().identity(TlsPair.RSA).build();
    TlsException e =
        requireAlert(run(shown, clientConfig().build(), server).client, ILLEGAL_PARAMETER);
    assertTrue(e.getMessage().startsWith("CertificateVerify: rsa_pss_rsae_"), e.getMessage());
  }

  private static Certificate withStatus(Certificate certificate) {
    Extensions status =
        Extensions.of(Place.CERTIFICATE, List.of(unknown(ExtensionType.STATUS_REQUEST)));
    byte[] der = certificate.entries().getFirst().der();
    return new Certificate(certificate.context(), List.of(new Certificate.Entry(der, status)));
  }

  @Test
  @Requirement("RFC8446-4.4.3#5")
  void refusesAClientsSignatureByASchemeThatItHasNotAskedFor() {
    TlsServerConfig server =
        asking()
            .signatureSchemes(
                SignatureScheme.ECDSA_SECP256R1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256)
            .build();
    TlsClientConfig client = clientConfig().identitySelector(r -> TlsPair.RSA).build();
    int other = SignatureScheme.RSA_PSS_RSAE_SHA384.code();
    TlsPair pair =
        ServerRefusalTest.run(
            Rewrite.certificateVerify(v -> new CertificateVerify(other, v.signature())),
            client,
            server);
    requireAlert(pair.server, ILLEGAL_PARAMETER);
  }
}
