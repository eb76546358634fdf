package dev.sluice.tls;

/** What a server asks of its clients (RFC 8446 §4.3.2). */
public enum ClientAuthentication {
  /** No CertificateRequest is sent. */
  NONE,
  /** A certificate is asked for; a client without one is served all the same. */
  WANT,
  /** A client without a certificate is refused with certificate_required. */
  NEED
}
