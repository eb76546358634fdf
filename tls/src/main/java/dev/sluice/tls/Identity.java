package dev.sluice.tls;

import dev.sluice.tls.cert.ChainSignatures;
import dev.sluice.tls.cert.Pem;
import dev.sluice.tls.keys.HandshakeSignature;
import dev.sluice.tls.keys.KeyTypes;
import dev.sluice.tls.message.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A certificate chain and the private key of its first certificate: P-256, P-384, Ed25519 or RSA.
 * Immutable; as safe for use by several threads as the key's provider is.
 */
public final class Identity {
  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;
  private final SignatureScheme.KeyType keyType;
  private final byte[] certificateMessage;
  private final ChainSignatures signatures;

  private Identity(List<X509Certificate> chain, PrivateKey privateKey) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("an identity needs a certificate");
    }
    this.chain = List.copyOf(chain);
    this.privateKey = Objects.requireNonNull(privateKey, "privateKey");
    this.keyType = KeyTypes.of(chain.getFirst().getPublicKey());
    if (keyType == null) {
      throw new IllegalArgumentException(
          "certificates with keys of "
              + chain.getFirst().getPublicKey().getAlgorithm()
              + " in this form are not supported");
    }
    this.certificateMessage = Certificate.of(this.chain).encode();
    this.signatures = ChainSignatures.of(this.chain);
  }

  /** Puts a chain, end-entity first, and a key together. The key may be opaque, as on a token. */
  public static Identity of(List<X509Certificate> chain, PrivateKey privateKey) {
    return new Identity(chain, privateKey);
  }

  /**
   * Reads PEM files.
   *
   * @param chain certificates, end-entity first
   * @param key an unencrypted private key: PKCS#8, SEC 1 or PKCS#1
   * @throws IllegalArgumentException what they hold cannot be used together
   */
  public static Identity fromPem(Path chain, Path key) throws IOException {
    return fromPem(Files.readString(chain), Files.readString(key));
  }

  /** The same from texts, which may be one and the same. */
  public static Identity fromPem(String chain, String key) {
    Identity identity = of(Pem.certificates(chain), Pem.privateKey(key));
    identity.requireMatchingKey();
    return identity;
  }

  /** The certificates, end-entity first. */
  public List<X509Certificate> certificateChain() {
    return chain;
  }

  /**
   * The Certificate message with the chain (RFC 8446 §4.4.2), encoded once for all handshakes. Not
   * a copy: not to be changed.
   */
  public byte[] certificateMessage() {
    return certificateMessage;
  }

  /** The key that signs. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /** The first of these schemes with which the key can sign a handshake, or null. */
  public SignatureScheme schemeFor(List<SignatureScheme> acceptable) {
    for (SignatureScheme scheme : acceptable) {
      if (scheme.isForHandshake() && scheme.keyType() == keyType && fits(scheme)) {
        return scheme;
      }
    }
    return null;
  }

  /**
   * Whether a peer that accepts signatures of these code points in certificates can judge the chain
   * (RFC 8446 §4.4.2.2).
   */
  public boolean isSignedWith(List<Integer> algorithms) {
    return signatures.areAmong(algorithms);
  }

  /**
   * Signs.
   *
   * @param scheme one that {@link #schemeFor} gives
   * @throws GeneralSecurityException the key refuses
   */
  public byte[] sign(SignatureScheme scheme, byte[] content, RandomGenerator random)
      throws GeneralSecurityException {
    return HandshakeSignature.sign(scheme, privateKey, content, random);
  }

  /** Says whose, and nothing of the key. */
  @Override
  public String toString() {
    return "Identity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }

  /** A short RSA key has no room for a long hash and its salt (RFC 8017 §9.1.1). */
  private boolean fits(SignatureScheme scheme) {
    int hashLength =
        switch (scheme) {
          case RSA_PSS_RSAE_SHA256 -> 32;
          case RSA_PSS_RSAE_SHA384 -> 48;
          case RSA_PSS_RSAE_SHA512 -> 64;
          default -> 0;
        };
    return !(chain.getFirst().getPublicKey() instanceof RSAPublicKey rsa)
        || rsa.getModulus().bitLength() / 8 >= 2 * hashLength + 2;
  }

  private void requireMatchingKey() {
    byte[] probe = {1};
    SignatureScheme scheme = schemeFor(List.of(SignatureScheme.values()));
    try {
      // The salt of this signature protects nothing, so any generator does.
      byte[] signature = sign(scheme, probe, () -> 0);
      if (HandshakeSignature.verify(scheme, chain.getFirst().getPublicKey(), probe, signature)) {
        return;
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("the private key is not the certificate's", e);
    }
    throw new IllegalArgumentException("the private key is not the certificate's");
  }
}
