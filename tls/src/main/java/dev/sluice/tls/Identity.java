package dev.sluice.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/** A certificate chain and the private key of its first certificate. */
public final class Identity {
  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;

  private Identity(List<X509Certificate> chain, PrivateKey privateKey) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("an identity needs a certificate");
    }
    this.chain = List.copyOf(chain);
    this.privateKey = Objects.requireNonNull(privateKey, "privateKey");
  }

  /** Puts a chain, end-entity first, and a key together. The key may be opaque, as on a token. */
  public static Identity of(List<X509Certificate> chain, PrivateKey privateKey) {
    return new Identity(chain, privateKey);
  }

  /** The certificates, end-entity first. */
  public List<X509Certificate> certificateChain() {
    return chain;
  }

  /** The key that signs. */
  public PrivateKey privateKey() {
    return privateKey;
  }
}
