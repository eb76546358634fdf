package dev.sluice.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
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
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Makes certificates of every kind that the tests need. */
public final class TestAuthority {
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
  private static final String RSA_SHA256 = "1.2.840.113549.1.1.11";
  private static int serial = 1;

  final String name;
  public final KeyPair keys;
  public final X509Certificate certificate;

  private TestAuthority(String name, KeyPair keys, X509Certificate certificate) {
    this.name = name;
    this.keys = keys;
    this.certificate = certificate;
  }

  public static TestAuthority create(String name, String algorithm) {
    KeyPair keys = keys(algorithm);
    TestAuthority self = new TestAuthority(name, keys, null);
    return new TestAuthority(name, keys, self.sign(new Request(name, keys).authority()));
  }

  /** An intermediate. */
  public TestAuthority subordinate(String subject) {
    KeyPair own = keys("P-256");
    return new TestAuthority(subject, own, sign(new Request(subject, own).authority()));
  }

  public Identity issue(Request request) {
    return Identity.of(List.of(sign(request)), request.keys.getPrivate());
  }

  public Identity issue(String algorithm, String... names) {
    return issue(new Request(names[0], keys(algorithm)).names(names));
  }

  public static KeyPair keys(String algorithm) {
    try {
      KeyPairGenerator generator;
      switch (algorithm) {
        case "P-256", "P-384", "P-521" -> {
          generator = KeyPairGenerator.getInstance("EC");
          generator.initialize(new ECGenParameterSpec("secp" + algorithm.substring(2) + "r1"));
        }
        case "RSA" -> {
          generator = KeyPairGenerator.getInstance("RSA");
          generator.initialize(2048);
        }
        default -> generator = KeyPairGenerator.getInstance(algorithm);
      }
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** What a certificate is to say. */
  public static final class Request {
    final String subject;
    final KeyPair keys;
    List<String> names = List.of();
    Instant from = NOW.minus(Duration.ofDays(1));
    Instant until = NOW.plus(Duration.ofDays(30));
    boolean authority;
    int keyUsage = KeyUsage.digitalSignature;
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    String signature;

    public Request(String subject, KeyPair keys) {
      this.subject = subject;
      this.keys = keys;
    }

    public Request names(String... wanted) {
      names = List.of(wanted);
      return this;
    }

    public Request validity(Instant start, Instant end) {
      from = start;
      until = end;
      return this;
    }

    public Request authority() {
      authority = true;
      keyUsage = KeyUsage.keyCertSign;
      purposes = null;
      return this;
    }

    public Request usage(int bits) {
      keyUsage = bits;
      return this;
    }

    public Request purposes(KeyPurposeId... wanted) {
      purposes = wanted;
      return this;
    }

    public Request signedWith(String jca) {
      signature = jca;
      return this;
    }
  }

  public X509Certificate sign(Request request) {
    try {
      boolean rsa = keys.getPublic().getAlgorithm().equals("RSA");
      String jca =
          request.signature != null ? request.signature : rsa ? "SHA256withRSA" : "SHA256withECDSA";
      AlgorithmIdentifier algorithm = algorithm(jca);
      V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
      generator.setSerialNumber(new ASN1Integer(BigInteger.valueOf(serial++)));
      generator.setSignature(algorithm);
      generator.setIssuer(new X500Name("CN=" + name));
      generator.setSubject(new X500Name("CN=" + request.subject));
      generator.setStartDate(new Time(Date.from(request.from)));
      generator.setEndDate(new Time(Date.from(request.until)));
      generator.setSubjectPublicKeyInfo(
          SubjectPublicKeyInfo.getInstance(request.keys.getPublic().getEncoded()));
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(request.authority));
      extensions.addExtension(Extension.keyUsage, true, new KeyUsage(request.keyUsage));
      if (request.purposes != null) {
        extensions.addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(request.purposes));
      }
      if (!request.names.isEmpty()) {
        extensions.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                request.names.stream()
                    .map(TestAuthority::generalName)
                    .toArray(GeneralName[]::new)));
      }
      generator.setExtensions(extensions.generate());
      var body = generator.generateTBSCertificate();
      Signature signer = Signature.getInstance(jca);
      signer.initSign(keys.getPrivate());
      signer.update(body.getEncoded("DER"));
      ASN1EncodableVector whole = new ASN1EncodableVector();
      whole.add(body);
      whole.add(algorithm);
      whole.add(new DERBitString(signer.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(new DERSequence(whole).getEncoded("DER")));
    } catch (java.security.GeneralSecurityException | java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The certificate in DER. */
  public static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static AlgorithmIdentifier algorithm(String jca) {
    return switch (jca) {
      case "SHA256withECDSA" -> new AlgorithmIdentifier(new ASN1ObjectIdentifier(ECDSA_SHA256));
      case "SHA256withRSA" -> rsa(RSA_SHA256);
      case "SHA1withRSA" -> rsa("1.2.840.113549.1.1.5");
      case "MD5withRSA" -> rsa("1.2.840.113549.1.1.4");
      default -> throw new AssertionError(jca);
    };
  }

  private static AlgorithmIdentifier rsa(String oid) {
    return new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid), DERNull.INSTANCE);
  }

  private static GeneralName generalName(String name) {
    byte[] address = dev.sluice.tls.cert.IpLiteral.parse(name);
    return address == null
        ? new GeneralName(GeneralName.dNSName, name)
        : new GeneralName(GeneralName.iPAddress, new DEROctetString(address));
  }

  /** The encoding of an Ed25519 certificate whose key has no bytes, though something follows it. */
  public static byte[] withoutKey(Identity ed25519) {
    X509Certificate certificate = ed25519.certificateChain().getFirst();
    byte[] der = encoded(certificate);
    byte[] raw = certificate.getPublicKey().getEncoded();
    int key = 0;
    while (!Arrays.equals(der, key, key + raw.length, raw, 0, raw.length)) {
      key++;
    }
    // BIT STRING of 33 bytes, the first for unused bits: cut to that one before an OCTET STRING.
    int bits = key + raw.length - 34;
    der[bits] = 1;
    der[bits + 2] = 4;
    der[bits + 3] = 30;
    return der;
  }
}
