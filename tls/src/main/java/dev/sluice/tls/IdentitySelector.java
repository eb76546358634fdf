package dev.sluice.tls;

import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Chooses the identity with which an endpoint authenticates. Called on the endpoint's thread.
 * {@code dev.sluice.tls.cert.SniSelector} and {@code dev.sluice.tls.cert.KeyManagerSelector} are
 * two.
 */
@FunctionalInterface
public interface IdentitySelector {
  /** Never has an identity: a client that does not authenticate. */
  IdentitySelector NONE = request -> null;

  /** The identity to use, or null when none fits. */
  Identity select(Request request);

  /**
   * What the peer has asked for.
   *
   * @param server whether the identity is to be a server's
   * @param serverName server: the name that the client asks for, in lower case, or null. Client:
   *     the server's host as it was configured
   * @param signatureSchemes those that the peer accepts for CertificateVerify, in its order
   * @param certificateAlgorithms code points of the signatures that the peer accepts in
   *     certificates, known here or not
   * @param authorities client: the distinguished names of acceptable issuers; empty for any
   */
  record Request(
      boolean server,
      String serverName,
      List<SignatureScheme> signatureSchemes,
      List<Integer> certificateAlgorithms,
      List<X500Principal> authorities) {
    /** Copies the lists. */
    public Request {
      signatureSchemes = List.copyOf(signatureSchemes);
      certificateAlgorithms = List.copyOf(certificateAlgorithms);
      authorities = List.copyOf(authorities);
    }
  }
}
