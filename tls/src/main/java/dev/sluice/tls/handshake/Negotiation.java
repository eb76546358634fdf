package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import java.util.List;

/** The server's choices from what a ClientHello offers (RFC 8446 §4.1.1), by its own preference. */
final class Negotiation {
  private Negotiation() {}

  static CipherSuite suite(TlsServerConfig config, ClientHelloParameters client)
      throws TlsException {
    for (CipherSuite suite : config.cipherSuites()) {
      if (client.hello().cipherSuites().contains(suite.code())) {
        return suite;
      }
    }
    throw failure("no cipher suite in common");
  }

  /**
   * The group to use. One whose share is at hand is taken before one that would cost a round trip,
   * however much the latter is preferred.
   */
  static NamedGroup group(TlsServerConfig config, ClientHelloParameters client)
      throws TlsException {
    NamedGroup best = null;
    for (NamedGroup group : config.groups()) {
      if (client.keyShares().share(group.code()) != null) {
        return group;
      }
      if (best == null && client.groups().contains(group.code())) {
        best = group;
      }
    }
    if (best == null) {
      throw failure("no key exchange group in common");
    }
    return best;
  }

  /** RFC 7301 §3.2, RFC 9001 §8.1. */
  static String protocol(TlsServerConfig config, ClientHelloParameters client) throws TlsException {
    for (String protocol : config.applicationProtocols()) {
      if (client.protocols().contains(protocol)) {
        return protocol;
      }
    }
    throw new TlsException(
        AlertDescription.NO_APPLICATION_PROTOCOL, "ClientHello: no application protocol in common");
  }

  /** Which certificate to show, and how its key signs. */
  static Authentication authentication(TlsServerConfig config, ClientHelloParameters client)
      throws TlsException {
    // Beside a pre_shared_key it may be left out (RFC 8446 §9.2), but not for a certificate
    // (§4.2.3).
    Extensions offered = client.hello().extensions();
    if (!offered.contains(ExtensionType.SIGNATURE_ALGORITHMS)) {
      throw offered.missing(ExtensionType.SIGNATURE_ALGORITHMS);
    }
    if (client.schemes().isEmpty()) {
      throw failure("no signature scheme in common");
    }
    Identity identity =
        config
            .identitySelector()
            .select(
                new IdentitySelector.Request(
                    true,
                    client.serverName(),
                    client.schemes(),
                    client.certificateAlgorithms(),
                    List.of()));
    if (identity == null) {
      throw new TlsException(
          AlertDescription.UNRECOGNIZED_NAME,
          "ClientHello: there is no certificate for "
              + (client.serverName() == null ? "a client without server_name" : "that name"));
    }
    SignatureScheme scheme = identity.schemeFor(client.schemes());
    if (scheme == null) {
      throw failure("the client takes no signature scheme of the certificate's key");
    }
    return new Authentication(identity, scheme);
  }

  private static TlsException failure(String reason) {
    return new TlsException(AlertDescription.HANDSHAKE_FAILURE, "ClientHello: " + reason);
  }
}
