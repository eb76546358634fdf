package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.cert.CertificateAlerts;
import dev.sluice.tls.cert.KnownChains;
import dev.sluice.tls.cert.PeerChain;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateVerify;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges what the peer shows of itself: Certificate, CertificateVerify and Finished (RFC 8446
 * §4.4). The same for both roles.
 */
final class PeerAuthentication {
  private final boolean server;
  private final List<SignatureScheme> accepted;
  private final KnownChains known;
  private final String serverName;
  private PeerChain chain;
  private SignatureScheme scheme;

  /**
   * @param server whether the peer is the server
   * @param serverName whom a client wants to talk to; null on a server
   * @param accepted the schemes that we have told the peer we take
   */
  PeerAuthentication(
      boolean server, String serverName, List<SignatureScheme> accepted, KnownChains known) {
    this.server = server;
    this.serverName = serverName;
    this.accepted = accepted;
    this.known = known;
  }

  /** The peer's chain; empty before it has shown one, or when it has none. */
  List<X509Certificate> chain() {
    return chain == null ? List.of() : chain.certificates();
  }

  /** The scheme of the peer's signature, or null. */
  SignatureScheme scheme() {
    return scheme;
  }

  /**
   * Takes the peer's Certificate. Afterwards {@link #chain} is empty only for a client's empty
   * message.
   *
   * @param request the message whose extensions this one may answer
   */
  void onCertificate(Certificate message, Extensions request) throws TlsException {
    if (message.context().length != 0) {
      throw illegal("Certificate: certificate_request_context is not empty");
    }
    if (server && message.entries().isEmpty()) {
      throw new TlsException(
          AlertDescription.DECODE_ERROR, "Certificate: the server has shown none");
    }
    List<byte[]> encoded = new ArrayList<>();
    for (Certificate.Entry entry : message.entries()) {
      entry.extensions().requireOffered(request);
      encoded.add(entry.der());
    }
    chain = encoded.isEmpty() ? null : known.parse(encoded, serverName);
  }

  /** Asks the verifier about the chain, unless that is known. */
  void verifyChain(CertificateVerifier verifier, CertificateVerifier.Context context)
      throws TlsException {
    try {
      known.verify(chain, verifier, context);
    } catch (CertificateException e) {
      throw new TlsException(CertificateAlerts.of(e), "Certificate: " + e.getMessage(), e);
    }
  }

  /**
   * Takes the peer's CertificateVerify.
   *
   * @param hash of the transcript up to the peer's Certificate
   */
  void onCertificateVerify(CertificateVerify message, byte[] hash) throws TlsException {
    SignatureScheme used = SignatureScheme.of(message.algorithm());
    if (used == null || !used.isForHandshake() || !accepted.contains(used)) {
      throw illegal(
          String.format(
              "CertificateVerify: signature scheme 0x%04x was not offered for it",
              message.algorithm()));
    }
    if (chain.keyType() != used.keyType()) {
      throw illegal("CertificateVerify: " + used.rfcName() + " does not fit the certificate's key");
    }
    byte[] content = Authentication.signedContent(server, hash);
    if (!chain.verify(used, content, message.signature())) {
      throw new TlsException(
          AlertDescription.DECRYPT_ERROR, "CertificateVerify: the signature is wrong");
    }
    scheme = used;
  }

  /** Compares the peer's Finished, in constant time, with what it must be. */
  static void requireFinished(byte[] expected, byte[] received) throws TlsException {
    if (!MessageDigest.isEqual(expected, received)) {
      throw new TlsException(
          AlertDescription.DECRYPT_ERROR, "Finished: verify_data does not match the transcript");
    }
  }

  private static TlsException illegal(String message) {
    return new TlsException(AlertDescription.ILLEGAL_PARAMETER, message);
  }
}
