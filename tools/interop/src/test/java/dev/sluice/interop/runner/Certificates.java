package dev.sluice.interop.runner;

import dev.sluice.peers.PeerFiles;
import dev.sluice.tls.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * What the runner mounts at {@code /certs}: {@code cert.pem} with the server's certificate first,
 * its key {@code priv.key}, and {@code ca.pem} with the authority.
 */
final class Certificates {
  private static final Duration VALIDITY = Duration.ofDays(10);
  private static final Duration BACKDATED = Duration.ofMinutes(5);
  private static final List<String> NAMES =
      List.of("server", "server4", "server6", "server46", "localhost");
  private static final AlgorithmIdentifier ECDSA =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  /** Netscape's, which everybody ignores. */
  private static final ASN1ObjectIdentifier COMMENT =
      new ASN1ObjectIdentifier("2.16.840.1.113730.1.13");

  /** Makes the certificates of a long chain as large as those of the world are. */
  private static final String FILLING = "-".repeat(500);

  private final boolean filled;
  private final KeyPairGenerator generator;

  private Certificates(boolean filled) throws GeneralSecurityException {
    this.filled = filled;
    generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
  }

  /**
   * Writes them.
   *
   * @param chainLength how many certificates the server sends
   */
  static PeerFiles write(Path folder, int chainLength) throws IOException {
    try {
      Certificates made = new Certificates(chainLength > 1);
      KeyPair keys = made.generator.generateKeyPair();
      String issuer = "CN=authority";
      X509Certificate authority = made.issue(issuer, keys, issuer, keys, true);
      List<X509Certificate> chain = new ArrayList<>();
      for (int left = chainLength; left > 0; left--) {
        KeyPair own = made.generator.generateKeyPair();
        String name = left == 1 ? "CN=server" : "CN=between " + left;
        chain.addFirst(made.issue(name, own, issuer, keys, left > 1));
        keys = own;
        issuer = name;
      }
      Files.writeString(folder.resolve("ca.pem"), PeerFiles.pem(List.of(authority)));
      PeerFiles files = PeerFiles.create(folder, Identity.of(chain, keys.getPrivate()));
      Files.copy(files.key(), folder.resolve("priv.key"));
      return files;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** Those that were written there, as the runner's tasks name their files. */
  static PeerFiles read(Path folder) throws IOException {
    Path chain = folder.resolve("cert.pem");
    Path key = folder.resolve("priv.key");
    return new PeerFiles(Identity.fromPem(chain, key), chain, key);
  }

  private X509Certificate issue(
      String name, KeyPair keys, String issuer, KeyPair issuerKeys, boolean authority)
      throws GeneralSecurityException, IOException {
    V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
    body.setSerialNumber(new ASN1Integer(new BigInteger(100, new SecureRandom())));
    body.setSignature(ECDSA);
    body.setIssuer(new X500Name(issuer));
    body.setSubject(new X500Name(name));
    Instant start = Instant.now().minus(BACKDATED);
    body.setStartDate(new Time(Date.from(start)));
    body.setEndDate(new Time(Date.from(start.plus(VALIDITY))));
    body.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    body.setExtensions(extensions(authority));
    TBSCertificate unsigned = body.generateTBSCertificate();
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(issuerKeys.getPrivate());
    signature.update(unsigned.getEncoded("DER"));
    ASN1EncodableVector certificate = new ASN1EncodableVector();
    certificate.add(unsigned);
    certificate.add(ECDSA);
    certificate.add(new DERBitString(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(new DERSequence(certificate).getEncoded("DER")));
  }

  private Extensions extensions(boolean authority) throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    int usage = authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature;
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    if (!authority) {
      Stream<GeneralName> names =
          Stream.concat(
              NAMES.stream().map(name -> new GeneralName(GeneralName.dNSName, name)),
              Stream.of("127.0.0.1", "::1")
                  .map(address -> new GeneralName(GeneralName.iPAddress, address)));
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    if (filled) {
      extensions.addExtension(COMMENT, false, new DERIA5String(FILLING));
    }
    return extensions.generate();
  }
}
