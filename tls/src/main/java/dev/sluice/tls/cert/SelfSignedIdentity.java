package dev.sluice.tls.cert;

import dev.sluice.tls.Identity;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.keys.HandshakeSignature;
import dev.sluice.tls.keys.InjectedSecureRandom;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.IDN;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Makes certificates that nobody vouches for: for demonstrations, tests, and pinning. */
public final class SelfSignedIdentity {
  /** Clocks differ: a certificate is valid from a little before it was made. */
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  /** The upper bound of X.520 for a common name. */
  private static final int MAX_COMMON_NAME = 64;

  private SelfSignedIdentity() {}

  /**
   * A P-256 key and a certificate for it (RFC 5280 §4), good for servers and clients.
   *
   * @param names DNS names, wildcards allowed, and IP literals, at least one
   * @param validity in all, beginning a little ago; browsers take at most two weeks by hash
   */
  public static Identity create(
      List<String> names, Duration validity, RandomGenerator random, InstantSource clock) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), InjectedSecureRandom.of(random));
      KeyPair keys = generator.generateKeyPair();
      AlgorithmIdentifier algorithm =
          new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
      TBSCertificate body = body(names, validity, keys, algorithm, random, clock.instant());
      byte[] signature =
          HandshakeSignature.sign(
              SignatureScheme.ECDSA_SECP256R1_SHA256,
              keys.getPrivate(),
              body.getEncoded("DER"),
              random);
      ASN1EncodableVector certificate = new ASN1EncodableVector();
      certificate.add(body);
      certificate.add(algorithm);
      certificate.add(new DERBitString(signature));
      byte[] der = new DERSequence(certificate).getEncoded("DER");
      X509Certificate parsed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      return Identity.of(List.of(parsed), keys.getPrivate());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot make a P-256 certificate", e);
    }
  }

  private static TBSCertificate body(
      List<String> names,
      Duration validity,
      KeyPair keys,
      AlgorithmIdentifier algorithm,
      RandomGenerator random,
      Instant now)
      throws IOException {
    byte[] serial = new byte[16];
    random.nextBytes(serial);
    serial[0] &= 0x7f;
    serial[0] |= 0x40;
    X500Name subject = subject(names.getFirst());
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(new BigInteger(serial)));
    generator.setSignature(algorithm);
    generator.setIssuer(subject);
    generator.setSubject(subject);
    Instant start = now.minus(BACKDATED);
    generator.setStartDate(new Time(Date.from(start)));
    generator.setEndDate(new Time(Date.from(start.plus(validity))));
    generator.setSubjectPublicKeyInfo(
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    extensions.addExtension(Extension.subjectAlternativeName, false, alternativeNames(names));
    generator.setExtensions(extensions.generate());
    return generator.generateTBSCertificate();
  }

  private static X500Name subject(String name) {
    String common = name.substring(0, Math.min(name.length(), MAX_COMMON_NAME));
    return new X500NameBuilder().addRDN(BCStyle.CN, new DERUTF8String(common)).build();
  }

  private static GeneralNames alternativeNames(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(
                name -> {
                  byte[] address = IpLiteral.parse(name);
                  return address == null
                      ? new GeneralName(GeneralName.dNSName, IDN.toASCII(name))
                      : new GeneralName(GeneralName.iPAddress, new DEROctetString(address));
                })
            .toArray(GeneralName[]::new));
  }
}
