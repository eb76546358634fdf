package dev.sluice.tls;

import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;

/**
 * The signature that a server's handshake waits for, as something to be done elsewhere: by another
 * thread, or by a machine that keeps the key. Immutable.
 */
public final class SignatureRequest {
  private final Identity identity;
  private final SignatureScheme scheme;
  private final byte[] content;
  private final RandomGenerator random;

  /**
   * @param identity whose key signs
   * @param scheme one that {@link Identity#schemeFor} gives
   * @param content what is signed (RFC 8446 §4.4.3); not to be changed
   * @param random for schemes that need it; any thread must be able to use it
   */
  public SignatureRequest(
      Identity identity, SignatureScheme scheme, byte[] content, RandomGenerator random) {
    this.identity = identity;
    this.scheme = scheme;
    this.content = content;
    this.random = random;
  }

  /** Whose key is to sign. */
  public Identity identity() {
    return identity;
  }

  /** With which scheme. */
  public SignatureScheme scheme() {
    return scheme;
  }

  /** A copy of what is to be signed, before any hashing. */
  public byte[] content() {
    return content.clone();
  }

  /**
   * Signs with the identity's own key. Any thread may do it.
   *
   * @throws GeneralSecurityException the key refuses
   */
  public byte[] sign() throws GeneralSecurityException {
    return identity.sign(scheme, content, random);
  }
}
