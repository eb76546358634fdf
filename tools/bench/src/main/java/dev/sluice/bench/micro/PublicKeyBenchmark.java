package dev.sluice.bench.micro;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.keys.HandshakeSignature;
import dev.sluice.tls.keys.VerifyingKey;
import dev.sluice.tls.keys.X25519KeyAgreement;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import javax.crypto.KEM;
import javax.crypto.KeyAgreement;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Where a handshake's time goes: what we use, beside what else there is. */
@State(Scope.Thread)
public class PublicKeyBenchmark {
  private static final SignatureScheme SCHEME = SignatureScheme.ECDSA_SECP256R1_SHA256;
  private static final int LENGTH = 32;

  private final SecureRandom random = new SecureRandom();

  /** As long as what a CertificateVerify signs (RFC 8446 §4.4.3). */
  private final byte[] content = new byte[130];

  private final byte[] scalar = new byte[LENGTH];
  private final byte[] point = new byte[LENGTH];
  private KeyPair p256;
  private X25519KeyAgreement x25519Own;
  private KeyPair x25519;
  private KeyPair mlKem;
  private KeyPairGenerator x25519Pairs;
  private KeyPairGenerator mlKemPairs;
  private byte[] signature;
  private byte[] ciphertext;
  private VerifyingKey kept;

  /** Keys of every kind, and something to verify and to decapsulate. */
  @Setup
  public void keys() throws GeneralSecurityException {
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    curve.initialize(new ECGenParameterSpec("secp256r1"), random);
    p256 = curve.generateKeyPair();
    signature = HandshakeSignature.sign(SCHEME, p256.getPrivate(), content, random);
    kept = VerifyingKey.of(p256.getPublic());
    x25519Pairs = KeyPairGenerator.getInstance("X25519");
    x25519 = x25519Pairs.generateKeyPair();
    mlKemPairs = KeyPairGenerator.getInstance("ML-KEM");
    mlKemPairs.initialize(NamedParameterSpec.ML_KEM_768, random);
    mlKem = mlKemPairs.generateKeyPair();
    ciphertext = mlKemEncapsulate().encapsulation();
    random.nextBytes(scalar);
    X25519.generatePublicKey(scalar, 0, point, 0);
    x25519Own = X25519KeyAgreement.of(scalar);
  }

  /** ECDSA on P-256 as a server signs. */
  @Benchmark
  public byte[] sign() throws GeneralSecurityException {
    return HandshakeSignature.sign(SCHEME, p256.getPrivate(), content, random);
  }

  /** The same with the JDK. */
  @Benchmark
  public byte[] signByJdk() throws GeneralSecurityException {
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(p256.getPrivate(), random);
    signer.update(content);
    return signer.sign();
  }

  /** As a client verifies a server that it meets for the first time. */
  @Benchmark
  public boolean verify() {
    return HandshakeSignature.verify(SCHEME, p256.getPublic(), content, signature);
  }

  /** The same of a server that it knows: {@code KnownChains} keeps the key. */
  @Benchmark
  public boolean verifyKnown() {
    return kept.verify(SCHEME, content, signature);
  }

  /** The same with the JDK. */
  @Benchmark
  public boolean verifyByJdk() throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(p256.getPublic());
    verifier.update(content);
    return verifier.verify(signature);
  }

  /** A key pair on Curve25519, with Bouncy Castle. */
  @Benchmark
  public byte[] x25519Pair() {
    byte[] share = new byte[LENGTH];
    X25519.generatePublicKey(scalar, 0, share, 0);
    return share;
  }

  /** The same with the JDK. */
  @Benchmark
  public KeyPair x25519PairByJdk() {
    return x25519Pairs.generateKeyPair();
  }

  /** A shared secret, as either side computes it. */
  @Benchmark
  public byte[] x25519Agree() throws TlsException {
    return x25519Own.agree(point);
  }

  /** The same with Bouncy Castle. */
  @Benchmark
  public byte[] x25519AgreeByBouncyCastle() {
    byte[] secret = new byte[LENGTH];
    X25519.calculateAgreement(scalar, 0, point, 0, secret, 0);
    return secret;
  }

  /** The same with the JDK. */
  @Benchmark
  public byte[] x25519AgreeByJdk() throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(x25519.getPrivate());
    agreement.doPhase(x25519.getPublic(), true);
    return agreement.generateSecret();
  }

  /** A key pair of ML-KEM-768, by the JDK. */
  @Benchmark
  public KeyPair mlKemPair() {
    return mlKemPairs.generateKeyPair();
  }

  /** The server's part of ML-KEM-768. */
  @Benchmark
  public KEM.Encapsulated mlKemEncapsulate() throws GeneralSecurityException {
    return KEM.getInstance("ML-KEM").newEncapsulator(mlKem.getPublic(), random).encapsulate();
  }

  /** The client's part. */
  @Benchmark
  public Object mlKemDecapsulate() throws GeneralSecurityException {
    return KEM.getInstance("ML-KEM").newDecapsulator(mlKem.getPrivate()).decapsulate(ciphertext);
  }
}
