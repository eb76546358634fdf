package dev.sluice.tls.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.Identity;
import dev.sluice.tls.TestAuthority;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names by RFC 9525, and the certificates that are made here. */
class ServiceIdentityTest {

  @ParameterizedTest
  @CsvSource({
    "example.org, example.org, true",
    "example.org, EXAMPLE.org, true",
    "EXAMPLE.ORG, example.org, true",
    "example.org, example.org., true",
    "example.org, www.example.org, false",
    "*.example.org, www.example.org, true",
    "*.example.org, WWW.example.org, true",
    "*.example.org, example.org, false",
    "*.example.org, a.b.example.org, false",
    "*.example.org, .example.org, false",
    "w*.example.org, www.example.org, false",
    "*w.example.org, www.example.org, false",
    "www.*.org, www.example.org, false",
    "*.*.org, www.example.org, false",
    "*.org, example.org, true",
    "*, localhost, false",
    "localhost, localhost, true",
    "xn--bcher-kva.example, bücher.example, true",
    "*.xn--bcher-kva.example, www.bücher.example, true",
    "example.org, '', false",
    "'', example.org, false"
  })
  void namesMatchLabelByLabel(String presented, String host, boolean matches) {
    assertEquals(matches, ServiceIdentity.matchesDns(presented, host));
  }

  @Test
  void addressesMatchAddressesOnly() {
    X509Certificate named = create("127.0.0.1.example", "10.0.0.1", "2001:db8::1");
    assertTrue(ServiceIdentity.matches(named, "10.0.0.1"));
    assertTrue(ServiceIdentity.matches(named, "2001:DB8:0:0::1"));
    assertTrue(ServiceIdentity.matches(named, "[2001:db8::1]"));
    assertFalse(ServiceIdentity.matches(named, "10.0.0.2"));
    assertFalse(ServiceIdentity.matches(named, "127.0.0.1"));
    assertFalse(ServiceIdentity.matches(named, "::ffff:10.0.0.2"));
    X509Certificate unnamed = TestAuthority.create("example.org", "P-256").certificate;
    assertFalse(ServiceIdentity.matches(unnamed, "example.org"), "the common name does not count");
  }

  @Test
  void literalsAreToldFromNames() {
    assertArrayEquals(new byte[] {127, 0, 0, 1}, IpLiteral.parse("127.0.0.1"));
    assertEquals(16, IpLiteral.parse("fe80::1%eth0").length);
    for (String name : List.of("localhost", "1", "1.2", "256.1.1.1", "a.b.c.d", ":", "", "::g")) {
      assertNull(IpLiteral.parse(name), name);
    }
  }

  @Test
  void selfSignedCertificatesSayWhatTheyShould() throws Exception {
    X509Certificate certificate = create("localhost", "127.0.0.1", "::1");
    certificate.verify(certificate.getPublicKey());
    assertEquals(3, certificate.getVersion());
    assertEquals(3, certificate.getSubjectAlternativeNames().size());
    assertTrue(certificate.getSerialNumber().signum() > 0);
    Instant start = certificate.getNotBefore().toInstant();
    assertTrue(start.isBefore(TestAuthority.NOW), "clocks differ");
    assertEquals(start.plus(Duration.ofDays(10)), certificate.getNotAfter().toInstant());
    assertEquals(32, CertificateFingerprint.sha256(certificate).length);
    assertEquals(44, CertificateFingerprint.spkiSha256Base64(certificate).length());
    // The same source of randomness gives the same key.
    assertEquals(
        certificate.getPublicKey(), create("localhost", "127.0.0.1", "::1").getPublicKey());
  }

  @Test
  void selfSignedCertificatesNameHostsAsTheyAreAskedFor() {
    X509Certificate certificate = create("b\u00fccher.example", "*.b\u00fccher.example");
    assertTrue(ServiceIdentity.matches(certificate, "b\u00fccher.example"));
    assertTrue(ServiceIdentity.matches(certificate, "www.xn--bcher-kva.example"));
  }

  private static X509Certificate create(String... names) {
    Identity identity =
        SelfSignedIdentity.create(
            List.of(names), Duration.ofDays(10), new Random(4), () -> TestAuthority.NOW);
    assertNotNull(identity.privateKey());
    return identity.certificateChain().getFirst();
  }
}
