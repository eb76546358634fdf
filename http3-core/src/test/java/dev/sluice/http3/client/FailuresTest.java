package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {

  static Stream<Arguments> connecting() {
    return Stream.of(
        Arguments.of(
            new ConnectionEnding.TransportClose(Side.LOCAL, 0x12a, 0, "bad"),
            SSLHandshakeException.class,
            false),
        Arguments.of(
            new ConnectionEnding.TransportClose(Side.PEER, 0x178, 0, "no ALPN"),
            SSLHandshakeException.class,
            true),
        Arguments.of(
            new ConnectionEnding.TransportClose(Side.PEER, 2, 0, "busy"),
            ConnectException.class,
            true),
        Arguments.of(
            new ConnectionEnding.ApplicationClose(Side.PEER, 0x100, ""),
            ConnectException.class,
            true),
        Arguments.of(
            new ConnectionEnding.HandshakeTimeout(1), HttpConnectTimeoutException.class, false),
        Arguments.of(new ConnectionEnding.IdleTimeout(1), ConnectException.class, true),
        Arguments.of(new ConnectionEnding.StatelessReset(), ConnectException.class, true),
        Arguments.of(
            new ConnectionEnding.VersionMismatch(List.of(5)), ConnectException.class, false),
        Arguments.of(new ConnectionEnding.Unreachable("refused"), ConnectException.class, true));
  }

  @ParameterizedTest
  @MethodSource("connecting")
  void aConnectionThatNeverWas(
      ConnectionEnding ending, Class<? extends IOException> type, boolean again) {
    CertificateException refusal = new CertificateException("expired");
    IOException exception = Failures.ofConnecting(ending, refusal);
    assertEquals(type, exception.getClass());
    ConnectionEndedException cause = (ConnectionEndedException) exception.getCause();
    assertEquals(ending, cause.ending());
    assertSame(refusal, cause.getCause());
    assertEquals(again, ConnectionPool.isWorthAnotherTry(new RequestEnding.NotSent(ending)));
  }

  @Test
  void aRequestKeepsItsEndingAndTheConnections() {
    ConnectionEnding idle = new ConnectionEnding.IdleTimeout(5);
    RequestEnding ending = new RequestEnding.ConnectionLost(idle, true);
    RequestEndedException exception = (RequestEndedException) Failures.ofRequest(ending);
    assertSame(ending, exception.ending());
    assertSame(idle, ((ConnectionEndedException) exception.getCause()).ending());
  }

  @Test
  void theCallersStackIsInWhatSendThrows() {
    IOException failure = Failures.ofRequest(new RequestEnding.Rejected());
    failure.setStackTrace(new StackTraceElement[0]);
    assertSame(failure, Failures.atCaller(failure));
    assertEquals("theCallersStackIsInWhatSendThrows", failure.getStackTrace()[1].getMethodName());
    RuntimeException users = new IllegalStateException("mine");
    assertSame(users, Failures.atCaller(users).getCause());
  }
}
