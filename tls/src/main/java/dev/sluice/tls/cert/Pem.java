package dev.sluice.tls.cert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads certificates and private keys from PEM text (RFC 7468): PKCS#8 of EC, RSA and Ed25519 keys,
 * and the older forms of SEC 1 and PKCS#1 that OpenSSL writes.
 */
public final class Pem {
  /** id-Ed25519 (RFC 8410 §3), for which Bouncy Castle's provider jar has no public name. */
  private static final String ED25519 = "1.3.101.112";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** One block: the label and the bytes. */
  private record Block(String label, byte[] der) {}

  private Pem() {}

  /**
   * All certificates of a text, in order.
   *
   * @throws IllegalArgumentException there is none, or one that cannot be read
   */
  public static List<X509Certificate> certificates(String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks(text)) {
        if (block.label.endsWith("CERTIFICATE")) {
          certificates.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
        }
      }
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      // The JDK's parser fails with whatever comes to hand when some lengths are wrong.
      throw new IllegalArgumentException("a certificate in the PEM text cannot be read", e);
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("there is no certificate in the PEM text");
    }
    return certificates;
  }

  /**
   * The first private key of a text.
   *
   * @throws IllegalArgumentException there is none, or it is encrypted or of an unknown kind
   */
  public static PrivateKey privateKey(String text) {
    for (Block block : blocks(text)) {
      try {
        switch (block.label) {
          case "PRIVATE KEY" -> {
            return key(PrivateKeyInfo.getInstance(block.der));
          }
          case "EC PRIVATE KEY" -> {
            return key(fromSec1(ECPrivateKey.getInstance(block.der)));
          }
          case "RSA PRIVATE KEY" -> {
            return key(fromPkcs1(RSAPrivateKey.getInstance(block.der)));
          }
          case "ENCRYPTED PRIVATE KEY" ->
              throw new IllegalArgumentException("the private key is encrypted; decrypt it first");
          default -> {
            // A certificate, or "EC PARAMETERS" before a key.
          }
        }
      } catch (IllegalArgumentException e) {
        throw e;
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        // The ASN.1 classes fail with whatever comes to hand when a file is garbled.
        throw new IllegalArgumentException("the private key cannot be read", e);
      }
    }
    throw new IllegalArgumentException("there is no private key in the PEM text");
  }

  private static PrivateKey key(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
    var oid = info.getPrivateKeyAlgorithm().getAlgorithm();
    String algorithm;
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      algorithm = "EC";
    } else if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      algorithm = "RSA";
    } else if (oid.getId().equals(ED25519)) {
      algorithm = "Ed25519";
    } else {
      throw new IllegalArgumentException("private keys of algorithm " + oid + " are not supported");
    }
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
  }

  private static PrivateKeyInfo fromSec1(ECPrivateKey key) throws IOException {
    ASN1Object curve = key.getParametersObject();
    if (curve == null) {
      throw new IllegalArgumentException("the EC private key does not name its curve");
    }
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
  }

  private static PrivateKeyInfo fromPkcs1(RSAPrivateKey key) throws IOException {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
  }

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(2).contains("Proc-Type: 4,ENCRYPTED")) {
        throw new IllegalArgumentException("the private key is encrypted; decrypt it first");
      }
      blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
    }
    return blocks;
  }
}
