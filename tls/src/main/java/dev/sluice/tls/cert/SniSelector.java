package dev.sluice.tls.cert;

import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import java.util.List;

/**
 * Chooses among several identities by the name that the client asks for (RFC 6066 §3) and the
 * signature schemes that it takes. When no certificate is for the name, the first identity answers:
 * the client can then tell its user what it got instead.
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
    Identity named = null;
    Identity signing = null;
    for (Identity identity : identities) {
      boolean name =
          request.serverName() != null
              && ServiceIdentity.matches(
                  identity.certificateChain().getFirst(), request.serverName());
      boolean scheme = identity.schemeFor(request.signatureSchemes()) != null;
      if (name && scheme) {
        return identity;
      }
      named = name && named == null ? identity : named;
      signing = scheme && signing == null ? identity : signing;
    }
    if (named != null) {
      return named;
    }
    return signing != null ? signing : identities.getFirst();
  }
}
