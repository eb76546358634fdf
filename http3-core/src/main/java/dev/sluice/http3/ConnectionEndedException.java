package dev.sluice.http3;

import dev.sluice.quic.ending.ConnectionEnding;
import java.util.Objects;

/**
 * A connection ended, or never came about. At the {@code java.net.http} surface it is mostly found
 * as the cause of a {@link java.net.ConnectException}, a {@link
 * java.net.http.HttpConnectTimeoutException} or a {@link javax.net.ssl.SSLHandshakeException}.
 */
public final class ConnectionEndedException extends Http3Exception {
  private static final long serialVersionUID = 1L;

  private final transient ConnectionEnding ending;

  /**
   * @param cause what the local side knows beyond the ending, such as why a certificate was
   *     refused; null for nothing
   */
  public ConnectionEndedException(ConnectionEnding ending, Throwable cause) {
    super(ending.describe(), cause);
    this.ending = Objects.requireNonNull(ending);
  }

  /** How the connection ended; null only in an exception that was serialized and read back. */
  public ConnectionEnding ending() {
    return ending;
  }
}
