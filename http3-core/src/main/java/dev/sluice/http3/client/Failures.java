package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.TransportError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Endings as the exceptions that {@code java.net.http} documents or its users expect. The ending
 * itself stays reachable:
 *
 * <ul>
 *   <li>{@link ConnectException}, {@link HttpConnectTimeoutException} and {@link
 *       SSLHandshakeException} have a {@link ConnectionEndedException} as their cause, and that has
 *       the {@link java.security.cert.CertificateException} as its own when this side refused the
 *       peer's certificate;
 *   <li>{@link RequestEndedException} carries the request's ending, and has a {@link
 *       ConnectionEndedException} as its cause when the connection's end was the reason.
 * </ul>
 */
final class Failures {

  private Failures() {}

  /** No connection came about. */
  static IOException ofConnecting(ConnectionEnding ending, Throwable localCause) {
    ConnectionEndedException cause = new ConnectionEndedException(ending, localCause);
    return switch (ending) {
      case ConnectionEnding.TransportClose close when isTlsAlert(close.code()) ->
          initCause(new SSLHandshakeException(handshakeMessage(close, localCause)), cause);
      case ConnectionEnding.HandshakeTimeout timeout ->
          initCause(new HttpConnectTimeoutException(ending.describe()), cause);
      case ConnectionEnding.TransportClose close -> connectException(ending, cause);
      case ConnectionEnding.ApplicationClose close -> connectException(ending, cause);
      case ConnectionEnding.IdleTimeout idle -> connectException(ending, cause);
      case ConnectionEnding.StatelessReset reset -> connectException(ending, cause);
      case ConnectionEnding.VersionMismatch mismatch -> connectException(ending, cause);
      case ConnectionEnding.Unreachable unreachable -> connectException(ending, cause);
    };
  }

  private static boolean isTlsAlert(long code) {
    return code >= TransportError.CRYPTO_ERROR && code <= TransportError.CRYPTO_ERROR + 0xff;
  }

  private static String handshakeMessage(
      ConnectionEnding.TransportClose close, Throwable localCause) {
    boolean ours = close.by() == Side.LOCAL && localCause != null;
    return ours && localCause.getMessage() != null ? localCause.getMessage() : close.describe();
  }

  private static IOException connectException(
      ConnectionEnding ending, ConnectionEndedException cause) {
    return initCause(new ConnectException(ending.describe()), cause);
  }

  private static IOException initCause(IOException exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }

  /** A request was under way. */
  static IOException ofRequest(RequestEnding ending) {
    return new RequestEndedException(ending);
  }

  /**
   * What a blocking send throws for an asynchronous failure: the same exception where its type says
   * something to the caller, with the stack of the caller in it, since the loop's tells nobody
   * anything.
   */
  static IOException atCaller(Throwable failure) {
    boolean ours =
        failure instanceof Http3Exception
            || failure instanceof java.net.http.HttpTimeoutException
            || failure instanceof ConnectException
            || failure instanceof SSLHandshakeException;
    if (ours) {
      failure.setStackTrace(new Throwable().getStackTrace());
      return (IOException) failure;
    }
    return switch (failure) {
      case IOException io -> io;
      default -> new IOException(failure.toString(), failure);
    };
  }
}
