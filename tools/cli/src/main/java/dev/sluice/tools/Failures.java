package dev.sluice.tools;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionStreamEndedException;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.TransportError;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** What went wrong on the way to a server, as curl's codes and one line. */
public final class Failures {
  /** Alerts with which we refuse a certificate (RFC 8446 §6.2): 42 to 46, unknown_ca. */
  private static final Set<Long> CERTIFICATE_ALERTS = Set.of(42L, 43L, 44L, 45L, 46L, 48L);

  private Failures() {}

  /**
   * The line and the code for an exception of the client.
   *
   * @param host whom it was about
   * @param sending whether the request had content, which perhaps did not arrive
   */
  public static CommandException of(Throwable failure, String host, boolean sending) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof CommandException known) {
        return known;
      }
    }
    for (Throwable at = failure; at != null; at = at.getCause()) {
      CommandException found = known(at, host, sending);
      if (found != null) {
        return found;
      }
    }
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return new CommandException(ExitCode.RECEIVE_ERROR, host + ": " + oneLine(message), failure);
  }

  private static CommandException known(Throwable failure, String host, boolean sending) {
    return switch (failure) {
      case UnknownHostException e -> unresolved(host, e);
      case UnresolvedAddressException e -> unresolved(host, e);
      case SessionEndedException e when e.ending() != null -> session(e, host);
      case SessionStreamEndedException e when e.ending() != null -> stream(e, host);
      case SSLException e when find(e, CertificateException.class) != null ->
          refused(host, find(e, CertificateException.class).getMessage(), e);
      case CertificateException e -> refused(host, e.getMessage(), e);
      case RequestEndedException e when e.ending() != null ->
          new CommandException(
              code(e.ending(), sending), host + ": " + oneLine(e.ending().describe()), e);
      case ConnectionEndedException e when e.ending() != null -> connecting(e, e.ending(), host);
      case dev.sluice.quic.ConnectionEndedException e when e.ending() != null ->
          connecting(e, e.ending(), host);
      case IllegalArgumentException e -> // about a request that cannot be sent
          new CommandException(ExitCode.USAGE, oneLine(String.valueOf(e.getMessage())), e);
      case HttpTimeoutException e ->
          new CommandException(ExitCode.TIMEOUT, host + ": " + oneLine(e.getMessage()), e);
      default -> null;
    };
  }

  /** Null for a session that its connection or its request took with it, which the causes tell. */
  private static CommandException session(SessionEndedException e, String host) {
    ExitCode code =
        switch (e.ending()) {
          case SessionEnding.Refused refused -> ExitCode.HTTP_ERROR;
          case SessionEnding.Closed closed -> ExitCode.RECEIVE_ERROR;
          case SessionEnding.Aborted aborted -> ExitCode.HTTP3_ERROR;
          case SessionEnding.Failed failed -> ExitCode.HTTP3_ERROR;
          case SessionEnding.NotEstablished request -> null;
          case SessionEnding.ConnectionEnded connection -> null;
        };
    return code == null
        ? null
        : new CommandException(code, host + ": " + oneLine(e.ending().describe()), e);
  }

  /** Null for a stream that its session took with it, which the cause tells. */
  private static CommandException stream(SessionStreamEndedException e, String host) {
    ExitCode code =
        switch (e.ending()) {
          case SessionStreamEnding.Stopped stopped -> ExitCode.SEND_ERROR;
          case SessionStreamEnding.SessionEnded session -> null;
          default -> ExitCode.PARTIAL_FILE;
        };
    return code == null
        ? null
        : new CommandException(
            code, host + ": the stream was " + oneLine(e.ending().describe()), e);
  }

  private static CommandException unresolved(String host, Throwable e) {
    return new CommandException(ExitCode.UNRESOLVED_HOST, "could not resolve host: " + host, e);
  }

  private static CommandException refused(String host, String why, Throwable e) {
    boolean stranger = find(e, CertPathBuilderException.class) != null;
    String reason =
        stranger
            ? "no authority that is trusted has issued it; --cacert trusts another, -k accepts any"
            : why;
    return new CommandException(
        ExitCode.PEER_CERTIFICATE,
        "the certificate of " + host + " is refused: " + oneLine(String.valueOf(reason)),
        e);
  }

  private static CommandException connecting(Exception e, ConnectionEnding ending, String host) {
    ExitCode code = code(ending);
    CertificateException reason = find(e, CertificateException.class);
    if (code == ExitCode.PEER_CERTIFICATE && reason != null) {
      return refused(host, reason.getMessage(), e);
    }
    return new CommandException(
        code, "no connection to " + host + ": " + oneLine(ending.describe()), e);
  }

  private static ExitCode code(RequestEnding ending, boolean sending) {
    return switch (ending) {
      case RequestEnding.Complete complete -> ExitCode.OK;
      case RequestEnding.NotSent(ConnectionEnding cause) ->
          cause == null ? ExitCode.NOT_CONNECTED : code(cause);
      case RequestEnding.NotCoveredByGoaway goaway -> ExitCode.HTTP3_ERROR;
      case RequestEnding.Rejected rejected -> ExitCode.HTTP3_ERROR;
      case RequestEnding.ResetByPeer reset ->
          reset.afterHead() ? ExitCode.PARTIAL_FILE : ExitCode.HTTP3_ERROR;
      case RequestEnding.StreamError error -> ExitCode.HTTP3_ERROR;
      case RequestEnding.Abandoned abandoned -> ExitCode.RECEIVE_ERROR;
      case RequestEnding.ConnectionLost(ConnectionEnding.IdleTimeout idle, boolean afterHead) ->
          ExitCode.TIMEOUT;
      case RequestEnding.ConnectionLost lost -> {
        if (lost.afterHead()) {
          yield ExitCode.PARTIAL_FILE;
        }
        yield sending ? ExitCode.SEND_ERROR : ExitCode.RECEIVE_ERROR;
      }
    };
  }

  /** The code for a connection that did not come about. */
  static ExitCode code(ConnectionEnding ending) {
    return switch (ending) {
      case ConnectionEnding.Unreachable unreachable -> ExitCode.NOT_CONNECTED;
      case ConnectionEnding.IdleTimeout idle -> ExitCode.TIMEOUT;
      case ConnectionEnding.HandshakeTimeout timeout -> ExitCode.TIMEOUT;
      case ConnectionEnding.TransportClose close -> code(close);
      case ConnectionEnding.ApplicationClose close -> ExitCode.QUIC_ERROR;
      case ConnectionEnding.StatelessReset reset -> ExitCode.QUIC_ERROR;
      case ConnectionEnding.VersionMismatch mismatch -> ExitCode.QUIC_ERROR;
    };
  }

  private static ExitCode code(ConnectionEnding.TransportClose close) {
    long alert = close.code() - TransportError.CRYPTO_ERROR;
    if (close.code() == TransportError.CONNECTION_REFUSED.code()) {
      return ExitCode.NOT_CONNECTED;
    }
    if (alert < 0 || alert > 0xff) {
      return ExitCode.QUIC_ERROR;
    }
    boolean ours = close.by() == Side.LOCAL && CERTIFICATE_ALERTS.contains(alert);
    return ours ? ExitCode.PEER_CERTIFICATE : ExitCode.TLS_ERROR;
  }

  private static <T> T find(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  private static String oneLine(String text) {
    return text.lines().map(String::strip).collect(java.util.stream.Collectors.joining(" "));
  }
}
