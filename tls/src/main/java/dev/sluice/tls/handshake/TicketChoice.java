package dev.sluice.tls.handshake;

import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.Date;

/** Whether a client may offer the ticket that it was configured with. */
final class TicketChoice {
  /**
   * The longest ticket that is of use, in bytes: a ClientHello has to have room for it (RFC 8446
   * §4.1.2), and takes a datagram for every kilobyte of it.
   */
  static final int MAX_LENGTH = 16_384;

  private TicketChoice() {}

  /**
   * A ticket serves the server and the protocol that it came from, while it lives (RFC 8446
   * §4.2.11.1), with a suite of the same hash (§4.6.1), and while the certificate that stood behind
   * it is still valid, since a resumption shows none (RFC 8446 §4.6.1). And it must not be too
   * long.
   */
  static boolean isUsable(TlsClientConfig config, Instant now) {
    SessionTicket ticket = config.ticket();
    return ticket != null
        && ticket.ticket().length <= MAX_LENGTH
        && ticket.isUsableAt(now)
        && ticket.serverName().equalsIgnoreCase(config.serverName())
        && config.applicationProtocols().contains(ticket.applicationProtocol())
        && config.cipherSuites().stream()
            .anyMatch(s -> s.hashAlgorithm().equals(ticket.cipherSuite().hashAlgorithm()))
        && isCertificateValid(ticket, now);
  }

  private static boolean isCertificateValid(SessionTicket ticket, Instant now) {
    try {
      if (!ticket.peerCertificates().isEmpty()) {
        ticket.peerCertificates().getFirst().checkValidity(Date.from(now));
      }
      return true;
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      return false;
    }
  }
}
