package dev.sluice.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a handshake negotiated. Before it is complete some fields are null.
 *
 * @param cipherSuite the suite
 * @param group the key exchange group; a resumption has one too (psk_dhe_ke)
 * @param applicationProtocol the ALPN protocol
 * @param serverName the name in the client's server_name extension of this very connection, or null
 * @param peerCertificates the peer's chain, end-entity first; on a resumed client connection that
 *     of the first session; empty when the peer has not shown one
 * @param signatureScheme with which the server signed; null when resumed
 * @param resumed whether a session ticket took the place of certificates
 * @param earlyDataAccepted whether the server accepted 0-RTT
 */
public record TlsSession(
    CipherSuite cipherSuite,
    NamedGroup group,
    String applicationProtocol,
    String serverName,
    List<X509Certificate> peerCertificates,
    SignatureScheme signatureScheme,
    boolean resumed,
    boolean earlyDataAccepted) {

  /** Copies the list. */
  public TlsSession {
    peerCertificates = List.copyOf(peerCertificates);
  }
}
