package dev.sluice.tls.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Identity;
import dev.sluice.tls.TestAuthority;
import dev.sluice.tls.TestAuthority.Request;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verifier believes, and the alert with which it refuses. */
class TrustTest {
  private static final String HOST = "example.org";

  /** The JDK's trust managers go by the system's clock, so these certificates are valid today. */
  private static final Instant TODAY = Instant.now();

  private static final TestAuthority ROOT = TestAuthority.create("Root", "P-256");
  private static final TestAuthority RSA_ROOT = TestAuthority.create("RSA Root", "RSA");
  private static final TestAuthority STRANGER = TestAuthority.create("Stranger", "P-256");

  private static Request request(String... names) {
    return new Request(names[0], TestAuthority.keys("P-256"))
        .names(names)
        .validity(TODAY.minus(Duration.ofDays(2)), TODAY.plus(Duration.ofDays(2)));
  }

  /** Every verifier that trusts ROOT and RSA_ROOT. */
  private static CertificateVerifier verifier(String kind) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("root", ROOT.certificate);
    store.setCertificateEntry("rsa", RSA_ROOT.certificate);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    X509ExtendedTrustManager extended = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    return switch (kind) {
      case "pkix" -> PkixVerifier.of(store);
      case "extended" -> new TrustManagerVerifier(extended);
      case "plain" -> new TrustManagerVerifier(plain(extended));
      case "context" -> {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {extended}, null);
        yield new SslContextVerifier(context, new Random(3));
      }
      default -> throw new AssertionError(kind);
    };
  }

  private static X509TrustManager plain(X509TrustManager inner) {
    return new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type)
          throws CertificateException {
        inner.checkClientTrusted(chain, type);
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type)
          throws CertificateException {
        inner.checkServerTrusted(chain, type);
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return inner.getAcceptedIssuers();
      }
    };
  }

  private static CertificateVerifier.Context server(String host) {
    return new CertificateVerifier.Context(true, host, TODAY, CipherSuite.TLS_AES_128_GCM_SHA256);
  }

  private static AlertDescription refusal(
      CertificateVerifier verifier, String host, X509Certificate... chain) {
    return CertificateAlerts.of(
        assertThrows(
            CertificateException.class, () -> verifier.verify(List.of(chain), server(host))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkix", "extended", "plain", "context"})
  @Requirement("RFC8446-4.4.2#12")
  void believesWhatItsRootsVouchFor(String kind) throws Exception {
    CertificateVerifier verifier = verifier(kind);
    TestAuthority middle = ROOT.subordinate("Middle");
    X509Certificate direct = ROOT.sign(request(HOST, "127.0.0.1", "::1"));
    X509Certificate indirect = middle.sign(request("*." + HOST));
    verifier.verify(List.of(direct), server(HOST));
    verifier.verify(List.of(direct), server("127.0.0.1"));
    verifier.verify(List.of(direct), server("::1"));
    verifier.verify(List.of(indirect, middle.certificate), server("www." + HOST));
    verifier.verify(List.of(RSA_ROOT.sign(request(HOST))), server(HOST));
    verifier.verify(
        List.of(indirect, STRANGER.certificate, ROOT.certificate, middle.certificate),
        server("www." + HOST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkix", "extended", "plain", "context"})
  @Requirement({"RFC9001-4.4#1", "RFC8446-4.4.2.2#9"})
  void refusesStrangersWrongNamesAndWhatHasExpired(String kind) throws Exception {
    CertificateVerifier verifier = verifier(kind);
    assertEquals(
        AlertDescription.UNKNOWN_CA, refusal(verifier, HOST, STRANGER.sign(request(HOST))));
    X509Certificate expired =
        ROOT.sign(
            request(HOST)
                .validity(TODAY.minus(Duration.ofDays(9)), TODAY.minus(Duration.ofDays(1))));
    assertEquals(AlertDescription.CERTIFICATE_EXPIRED, refusal(verifier, HOST, expired));
    X509Certificate early =
        ROOT.sign(
            request(HOST).validity(TODAY.plus(Duration.ofDays(1)), TODAY.plus(Duration.ofDays(9))));
    assertEquals(AlertDescription.CERTIFICATE_EXPIRED, refusal(verifier, HOST, early));
    X509Certificate other = ROOT.sign(request("example.com", "10.0.0.1"));
    for (String host : List.of(HOST, "www.example.com", "127.0.0.1", "::1")) {
      AlertDescription alert = refusal(verifier, host, other);
      assertEquals(
          kind.equals("pkix") || kind.equals("plain")
              ? AlertDescription.BAD_CERTIFICATE
              : AlertDescription.CERTIFICATE_UNKNOWN,
          alert,
          host);
    }
  }

  @Test
  @Requirement({"RFC8446-4.4.2.4#4", "RFC8446-4.4.2.4#5"})
  void refusesBrokenHashes() throws Exception {
    for (String algorithm : List.of("MD5withRSA", "SHA1withRSA")) {
      X509Certificate weak = RSA_ROOT.sign(request(HOST).signedWith(algorithm));
      assertEquals(
          AlertDescription.BAD_CERTIFICATE, refusal(verifier("pkix"), HOST, weak), algorithm);
    }
  }

  @Test
  @Requirement("RFC8446-4.4.2.2#3")
  void refusesCertificatesForOtherPurposes() throws Exception {
    CertificateVerifier verifier = verifier("pkix");
    assertEquals(
        AlertDescription.UNSUPPORTED_CERTIFICATE,
        refusal(verifier, HOST, ROOT.sign(request(HOST).usage(KeyUsage.keyAgreement))));
    X509Certificate clients = ROOT.sign(request(HOST).purposes(KeyPurposeId.id_kp_clientAuth));
    assertEquals(AlertDescription.UNSUPPORTED_CERTIFICATE, refusal(verifier, HOST, clients));
    verifier.verify(
        List.of(clients),
        new CertificateVerifier.Context(false, null, TODAY, CipherSuite.TLS_AES_128_GCM_SHA256));
  }

  @Test
  void trustsACertificateThatIsItselfInTheStore() throws Exception {
    Identity self =
        SelfSignedIdentity.create(
            List.of(HOST), Duration.ofDays(10), new Random(1), () -> TestAuthority.NOW);
    X509Certificate certificate = self.certificateChain().getFirst();
    CertificateVerifier verifier = PkixVerifier.of(List.of(certificate));
    var now =
        new CertificateVerifier.Context(
            true, HOST, TestAuthority.NOW, CipherSuite.TLS_AES_128_GCM_SHA256);
    verifier.verify(List.of(certificate), now);
    var later =
        new CertificateVerifier.Context(
            true,
            HOST,
            TestAuthority.NOW.plus(Duration.ofDays(11)),
            CipherSuite.TLS_AES_128_GCM_SHA256);
    assertEquals(
        AlertDescription.CERTIFICATE_EXPIRED,
        CertificateAlerts.of(
            assertThrows(
                CertificateException.class, () -> verifier.verify(List.of(certificate), later))));
  }

  @Test
  void pinsAndBlindFaith() throws Exception {
    X509Certificate known = STRANGER.sign(request("anything"));
    CertificateVerifier pinned = PinnedVerifier.of(known);
    pinned.verify(List.of(known), server(HOST));
    assertEquals(
        AlertDescription.BAD_CERTIFICATE,
        refusal(pinned, HOST, STRANGER.sign(request("anything"))));
    TrustAllVerifier.INSTANCE.verify(List.of(known), server(HOST));
  }

  private static String refusalByHash(X509Certificate certificate) {
    CertificateVerifier verifier =
        new CertificateHashVerifier(
            List.of(new byte[32], CertificateFingerprint.sha256(certificate)));
    try {
      verifier.verify(List.of(certificate), server("whoever.example"));
      return null;
    } catch (CertificateException e) {
      return CertificateAlerts.of(e) + ": " + e.getMessage();
    }
  }

  private static X509Certificate certificate(String keys, Instant from, Duration validity) {
    return STRANGER.sign(
        new Request("anything", TestAuthority.keys(keys)).validity(from, from.plus(validity)));
  }

  @Test
  void hashesAreBelievedOnTheTermsOfBrowsers() throws Exception {
    Instant yesterday = TODAY.minus(Duration.ofDays(1));
    Duration twoWeeks = Duration.ofDays(14);
    assertNull(refusalByHash(certificate("P-256", yesterday, twoWeeks)));
    assertNull(
        refusalByHash(
            SelfSignedIdentity.create(
                    List.of("x"), twoWeeks, new Random(1), InstantSource.fixed(TODAY))
                .certificateChain()
                .getFirst()));
    assertRefused("two weeks", certificate("P-256", yesterday, twoWeeks.plusSeconds(1)));
    assertRefused("P-256", certificate("P-384", yesterday, twoWeeks));
    assertRefused("P-256", certificate("RSA", yesterday, twoWeeks));
    assertRefused("P-256", certificate("Ed25519", yesterday, twoWeeks));
    assertRefused("EXPIRED", certificate("P-256", TODAY.minus(twoWeeks), Duration.ofDays(13)));
    assertRefused("NotBefore", certificate("P-256", TODAY.plusSeconds(60), Duration.ofDays(13)));
    CertificateVerifier another =
        new CertificateHashVerifier(List.of(CertificateFingerprint.sha256(ROOT.certificate)));
    assertEquals(
        AlertDescription.BAD_CERTIFICATE,
        refusal(another, HOST, certificate("P-256", yesterday, twoWeeks)));
  }

  private static void assertRefused(String why, X509Certificate certificate) {
    String refusal = refusalByHash(certificate);
    assertTrue(refusal != null && refusal.contains(why), refusal);
  }

  @Test
  void hashesHaveTheirLength() {
    assertThrows(IllegalArgumentException.class, () -> new CertificateHashVerifier(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CertificateHashVerifier(List.of(new byte[32], new byte[20])));
  }

  @Test
  void theSystemsRootsDoNotKnowUs() throws Exception {
    assertEquals(
        AlertDescription.UNKNOWN_CA,
        refusal(PkixVerifier.ofSystem(), HOST, ROOT.sign(request(HOST))));
  }
}
