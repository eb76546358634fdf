package dev.sluice.tls.cert;

import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import java.util.List;

/**
 * Chooses among several identities by the name that the client asks for (RFC 6066 §3), the
 * signature schemes that it takes, and those that it takes in certificates. When no certificate is
 * for the name, the first identity answers: the client can then tell its user what it got instead.
 */
public final class SniSelector implements IdentitySelector {
  private final List<Identity> identities;

  /**
   * @param identities in order of preference, at least one
   */
  public SniSelector(List<Identity> identities) {
    this.identities = List.copyOf(identities);
    if (this.identities.isEmpty()) {
      throw new IllegalArgumentException("no identities");
    }
  }

  @Override
  public Identity select(Request request) {
    Identity best = null;
    int most = -1;
    for (Identity identity : identities) {
      int fit = fit(identity, request);
      if (fit > most) {
        best = identity;
        most = fit;
      }
    }
    return best;
  }

  /** How well one fits: the name counts most, then its key, then who has signed it. */
  private static int fit(Identity identity, Request request) {
    boolean isNamed =
        request.serverName() != null
            && ServiceIdentity.matches(
                identity.certificateChain().getFirst(), request.serverName());
    boolean canSign = identity.schemeFor(request.signatureSchemes()) != null;
    // RFC 8446 §4.4.2.2: a chain that the client can judge, if there is one.
    boolean canBeJudged = identity.isSignedWith(request.certificateAlgorithms());
    return (isNamed ? 4 : 0) + (canSign ? 2 : 0) + (canBeJudged ? 1 : 0);
  }
}
