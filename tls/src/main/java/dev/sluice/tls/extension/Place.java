package dev.sluice.tls.extension;

/** The messages that carry a block of extensions (RFC 8446 §4.2), by the names of the RFC. */
public enum Place {
  CLIENT_HELLO("ClientHello"),
  SERVER_HELLO("ServerHello"),
  HELLO_RETRY_REQUEST("HelloRetryRequest"),
  ENCRYPTED_EXTENSIONS("EncryptedExtensions"),
  CERTIFICATE_REQUEST("CertificateRequest"),
  CERTIFICATE("Certificate"),
  NEW_SESSION_TICKET("NewSessionTicket");

  private final String rfcName;

  Place(String rfcName) {
    this.rfcName = rfcName;
  }

  /** The message's name in the RFC. */
  public String rfcName() {
    return rfcName;
  }

  /**
   * Whether extensions in this message answer those of an earlier one, so that none may come
   * unasked (RFC 8446 §4.2).
   */
  public boolean isResponse() {
    return switch (this) {
      case SERVER_HELLO, HELLO_RETRY_REQUEST, ENCRYPTED_EXTENSIONS, CERTIFICATE -> true;
      case CLIENT_HELLO, CERTIFICATE_REQUEST, NEW_SESSION_TICKET -> false;
    };
  }
}
