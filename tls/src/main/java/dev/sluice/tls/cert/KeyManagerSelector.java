package dev.sluice.tls.cert;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.SignatureScheme;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Takes identities from a key manager of the JDK. Their keys may be opaque, as those of a token:
 * they sign through their own JCA provider.
 */
public final class KeyManagerSelector implements IdentitySelector {
  private final X509ExtendedKeyManager manager;

  /** A selector that asks this manager. */
  public KeyManagerSelector(X509ExtendedKeyManager manager) {
    this.manager = manager;
  }

  @Override
  public Identity select(Request request) {
    Principal[] issuers =
        request.authorities().isEmpty() ? null : request.authorities().toArray(Principal[]::new);
    PeerEngine engine = engine(request);
    for (String keyType : keyTypes(request.signatureSchemes())) {
      String alias =
          request.server()
              ? manager.chooseEngineServerAlias(keyType, issuers, engine)
              : manager.chooseEngineClientAlias(new String[] {keyType}, issuers, engine);
      Identity identity = alias == null ? null : identity(alias);
      if (identity != null && identity.schemeFor(request.signatureSchemes()) != null) {
        return identity;
      }
    }
    return null;
  }

  private Identity identity(String alias) {
    X509Certificate[] chain = manager.getCertificateChain(alias);
    PrivateKey key = manager.getPrivateKey(alias);
    if (chain == null || chain.length == 0 || key == null) {
      return null;
    }
    try {
      return Identity.of(List.of(chain), key);
    } catch (IllegalArgumentException e) {
      // A key of a kind that TLS 1.3 has no scheme for here; another alias may do.
      return null;
    }
  }

  private static PeerEngine engine(Request request) {
    String host = request.server() ? null : request.serverName();
    String requested = request.server() ? request.serverName() : null;
    // Which suite it will be plays no part in TLS 1.3's choice of a certificate.
    CipherSuite suite = CipherSuite.TLS_AES_128_GCM_SHA256;
    return new PeerEngine(new PeerSession(host, requested, List.of(), suite), !request.server());
  }

  /** The key types that the JDK's key managers know, in the peer's order of preference. */
  private static Set<String> keyTypes(List<SignatureScheme> schemes) {
    Set<String> types = new LinkedHashSet<>();
    for (SignatureScheme scheme : schemes) {
      if (scheme.isForHandshake()) {
        types.add(
            switch (scheme.keyType()) {
              case EC_P256, EC_P384 -> "EC";
              case ED25519 -> "EdDSA";
              case RSA -> "RSA";
            });
      }
    }
    return types;
  }
}
