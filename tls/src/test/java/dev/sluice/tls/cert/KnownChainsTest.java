package dev.sluice.tls.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.TestAuthority;
import dev.sluice.tls.TestAuthority.Request;
import dev.sluice.tls.TlsException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a verdict about a chain is used again, and above all when it is not. */
class KnownChainsTest {
  private static final TestAuthority ROOT = TestAuthority.create("Root", "P-256");
  private static final TestAuthority MIDDLE = ROOT.subordinate("Middle");
  private static final X509Certificate LEAF =
      MIDDLE.sign(
          new Request("host", TestAuthority.keys("P-256"))
              .names("one.example", "two.example")
              .validity(
                  TestAuthority.NOW.minus(Duration.ofMinutes(20)),
                  TestAuthority.NOW.plus(Duration.ofMinutes(30))));

  private final KnownChains chains = KnownChains.of(8);
  private final Judge judge = new Judge(ROOT);

  /** Trusts a root, and counts how often it is asked. */
  private static final class Judge implements CertificateVerifier {
    final PkixVerifier verifier;
    boolean lasting = true;
    int asked;

    Judge(TestAuthority root) {
      verifier = PkixVerifier.of(List.of(root.certificate));
    }

    @Override
    public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
      asked++;
      verifier.verify(chain, context);
    }

    @Override
    public CertificateVerifier lasting() {
      return lasting ? this : null;
    }
  }

  private static List<byte[]> encoded(X509Certificate... chain)
      throws CertificateEncodingException {
    List<byte[]> encoded = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      encoded.add(certificate.getEncoded());
    }
    return encoded;
  }

  private void meet(CertificateVerifier verifier, String name, Instant now, X509Certificate... by)
      throws CertificateException, TlsException {
    meet(chains, verifier, true, name, now, by);
  }

  private static void meet(
      KnownChains chains,
      CertificateVerifier verifier,
      boolean server,
      String name,
      Instant now,
      X509Certificate... by)
      throws CertificateException, TlsException {
    chains.verify(
        chains.parse(encoded(by), name),
        verifier,
        new CertificateVerifier.Context(server, name, now, CipherSuite.TLS_AES_128_GCM_SHA256));
  }

  private void meet() throws CertificateException, TlsException {
    meet(judge, "one.example", TestAuthority.NOW, LEAF, MIDDLE.certificate);
  }

  @Test
  void theSameChainIsJudgedOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      meet();
    }
    assertEquals(1, judge.asked);
    assertSame(
        chains.parse(encoded(LEAF, MIDDLE.certificate), "one.example").certificates(),
        chains.parse(encoded(LEAF, MIDDLE.certificate), "one.example").certificates());
  }

  @Test
  void anotherNameIsAnotherQuestion() throws Exception {
    meet();
    meet(judge, "two.example", TestAuthority.NOW, LEAF, MIDDLE.certificate);
    assertEquals(2, judge.asked);
    CertificateException refusal =
        assertThrows(
            CertificateException.class,
            () -> meet(judge, "three.example", TestAuthority.NOW, LEAF, MIDDLE.certificate));
    assertEquals(AlertDescription.BAD_CERTIFICATE, CertificateAlerts.of(refusal));
    assertEquals(3, judge.asked);
  }

  @Test
  void namesThatShareAPlaceAreToldApart() throws Exception {
    KnownChains one = KnownChains.of(1);
    for (int i = 0; i < 3; i++) {
      meet(one, judge, true, "one.example", TestAuthority.NOW, LEAF, MIDDLE.certificate);
    }
    assertEquals(1, judge.asked);
    assertThrows(
        CertificateException.class,
        () -> meet(one, judge, true, "x.example", TestAuthority.NOW, LEAF, MIDDLE.certificate));
    assertEquals(2, judge.asked);
  }

  @Test
  void anExpiredChainIsRefusedHoweverWellKnown() throws Exception {
    meet();
    Instant expired = TestAuthority.NOW.plus(Duration.ofMinutes(31));
    CertificateException refusal =
        assertThrows(
            CertificateException.class,
            () -> meet(judge, "one.example", expired, LEAF, MIDDLE.certificate));
    assertEquals(AlertDescription.CERTIFICATE_EXPIRED, CertificateAlerts.of(refusal));
    assertEquals(2, judge.asked);
  }

  @Test
  void anExpiredIssuerCountsToo() throws Exception {
    TestAuthority other = ROOT.subordinate("Long-lived");
    X509Certificate leaf =
        other.sign(
            new Request("host", TestAuthority.keys("P-256"))
                .names("one.example")
                .validity(TestAuthority.NOW, TestAuthority.NOW.plus(Duration.ofDays(400))));
    Instant late = TestAuthority.NOW.plus(Duration.ofDays(30)).minusSeconds(1);
    meet(judge, "one.example", late, leaf, other.certificate);
    meet(judge, "one.example", late, leaf, other.certificate);
    assertEquals(1, judge.asked);
    assertThrows(
        CertificateException.class,
        () -> meet(judge, "one.example", late.plusSeconds(2), leaf, other.certificate));
  }

  @Test
  void aClockThatGoesBackAsksAgain() throws Exception {
    meet();
    meet(judge, "one.example", TestAuthority.NOW.minusSeconds(1), LEAF, MIDDLE.certificate);
    assertEquals(2, judge.asked);
    Instant early = TestAuthority.NOW.minus(Duration.ofMinutes(21));
    assertThrows(
        CertificateException.class,
        () -> meet(judge, "one.example", early, LEAF, MIDDLE.certificate));
  }

  @Test
  void aVerdictHoldsForAnHour() throws Exception {
    X509Certificate leaf =
        ROOT.sign(new Request("host", TestAuthority.keys("P-256")).names("one.example"));
    Instant hour = TestAuthority.NOW.plus(Duration.ofHours(1));
    meet(judge, "one.example", TestAuthority.NOW, leaf);
    meet(judge, "one.example", hour, leaf);
    assertEquals(1, judge.asked);
    meet(judge, "one.example", hour.plusNanos(1), leaf);
    assertEquals(2, judge.asked);
    meet(judge, "one.example", hour.plus(Duration.ofMinutes(59)), leaf);
    assertEquals(2, judge.asked);
  }

  @Test
  void whoTrustsOthersIsAskedItself() throws Exception {
    meet();
    Judge other = new Judge(TestAuthority.create("Another root", "P-256"));
    assertThrows(
        CertificateException.class,
        () -> meet(other, "one.example", TestAuthority.NOW, LEAF, MIDDLE.certificate));
    assertEquals(1, other.asked);
  }

  @Test
  void aServersChainIsNotAClients() throws Exception {
    X509Certificate leaf =
        ROOT.sign(
            new Request("host", TestAuthority.keys("P-256"))
                .names("one.example")
                .purposes(org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_serverAuth));
    meet(judge, "one.example", TestAuthority.NOW, leaf);
    assertThrows(
        CertificateException.class,
        () -> meet(chains, judge, false, "one.example", TestAuthority.NOW, leaf));
  }

  @Test
  void theSameLeafUnderAnotherIssuerIsAnotherChain() throws Exception {
    meet();
    assertThrows(
        CertificateException.class, () -> meet(judge, "one.example", TestAuthority.NOW, LEAF));
    meet(judge, "one.example", TestAuthority.NOW, LEAF, MIDDLE.certificate, ROOT.certificate);
    assertEquals(3, judge.asked);
  }

  @Test
  void aRefusalIsNotRemembered() throws Exception {
    Judge stranger = new Judge(TestAuthority.create("Stranger", "P-256"));
    for (int i = 1; i < 3; i++) {
      assertThrows(
          CertificateException.class,
          () -> meet(stranger, "one.example", TestAuthority.NOW, LEAF, MIDDLE.certificate));
      assertEquals(i, stranger.asked);
    }
    meet();
    assertEquals(1, judge.asked);
  }

  @Test
  void verifiersThatDoNotLastAreAlwaysAsked() throws Exception {
    judge.lasting = false;
    for (int i = 1; i < 4; i++) {
      meet();
      assertEquals(i, judge.asked);
    }
    judge.lasting = true;
    meet();
    assertEquals(4, judge.asked);
  }

  @Test
  void noneRemembersNothing() throws Exception {
    for (int i = 1; i < 4; i++) {
      meet(
          KnownChains.NONE,
          judge,
          true,
          "one.example",
          TestAuthority.NOW,
          LEAF,
          MIDDLE.certificate);
      assertEquals(i, judge.asked);
    }
    assertNotSame(
        KnownChains.NONE.parse(encoded(LEAF), null), KnownChains.NONE.parse(encoded(LEAF), null));
  }

  @Test
  void whatIsNoCertificateIsRefused() {
    TlsException refusal =
        assertThrows(TlsException.class, () -> chains.parse(List.of(new byte[] {1, 2}), null));
    assertEquals(AlertDescription.BAD_CERTIFICATE, refusal.alert());
  }
}
