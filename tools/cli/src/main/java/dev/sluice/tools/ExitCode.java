package dev.sluice.tools;

/** Exit codes: those of curl, so that scripts carry over. */
public enum ExitCode {
  OK(0),
  UNSUPPORTED_PROTOCOL(1),
  USAGE(2),
  MALFORMED_URL(3),
  UNRESOLVED_HOST(6),
  NOT_CONNECTED(7),
  PARTIAL_FILE(18),
  HTTP_ERROR(22),
  WRITE_ERROR(23),
  READ_ERROR(26),
  TIMEOUT(28),
  TLS_ERROR(35),
  TOO_MANY_REDIRECTS(47),
  SEND_ERROR(55),
  RECEIVE_ERROR(56),
  LOCAL_CERTIFICATE(58),
  PEER_CERTIFICATE(60),
  CANNOT_SEND_AGAIN(65),
  CA_FILE(77),
  HTTP3_ERROR(95),
  QUIC_ERROR(96);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** What the process exits with. */
  public int code() {
    return code;
  }
}
