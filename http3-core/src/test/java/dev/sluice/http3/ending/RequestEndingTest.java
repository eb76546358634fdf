package dev.sluice.http3.ending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.http3.ending.RequestEnding.Abandoned;
import dev.sluice.http3.ending.RequestEnding.Complete;
import dev.sluice.http3.ending.RequestEnding.ConnectionLost;
import dev.sluice.http3.ending.RequestEnding.NotCoveredByGoaway;
import dev.sluice.http3.ending.RequestEnding.NotSent;
import dev.sluice.http3.ending.RequestEnding.Rejected;
import dev.sluice.http3.ending.RequestEnding.ResetByPeer;
import dev.sluice.http3.ending.RequestEnding.StreamError;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each way to end says about processing and retrying. */
class RequestEndingTest {
  private static final long NO_ERROR = Http3Error.H3_NO_ERROR.code();
  private static final ConnectionEnding GOODBYE = new ApplicationClose(Side.PEER, NO_ERROR, "");
  private static final ConnectionEnding UNKNOWN_CODE = new ApplicationClose(Side.PEER, 0x21, "");
  private static final ConnectionEnding COMPLAINT =
      new ApplicationClose(Side.PEER, Http3Error.H3_INTERNAL_ERROR.code(), "");
  private static final ConnectionEnding IDLE = new ConnectionEnding.IdleTimeout(30_000_000_000L);

  private static Arguments row(
      RequestEnding ending, boolean mayHaveBeenProcessed, Retry retry, boolean graceful) {
    return Arguments.of(ending, mayHaveBeenProcessed, retry, graceful);
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        // No name, no answer, no handshake, no version, no TLS, no port.
        row(new NotSent(null), false, Retry.ANY_METHOD, false),
        row(new NotSent(new ConnectionEnding.Unreachable("")), false, Retry.ANY_METHOD, false),
        row(new NotSent(new ConnectionEnding.HandshakeTimeout(1)), false, Retry.ANY_METHOD, false),
        row(
            new NotSent(new ConnectionEnding.VersionMismatch(List.of(2))),
            false,
            Retry.ANY_METHOD,
            false),
        row(
            new NotSent(new TransportClose(Side.LOCAL, 0x12a, 6, "unknown CA")),
            false,
            Retry.ANY_METHOD,
            false),
        // GOAWAY that does not cover it, rejection.
        row(new NotCoveredByGoaway(4), false, Retry.ANY_METHOD, true),
        row(new Rejected(), false, Retry.ANY_METHOD, true),
        // A polite close before the head.
        row(new ConnectionLost(GOODBYE, false), true, Retry.IDEMPOTENT_ONLY, true),
        row(new ConnectionLost(UNKNOWN_CODE, false), true, Retry.IDEMPOTENT_ONLY, true),
        // Lost or reset before the head.
        row(new ConnectionLost(IDLE, false), true, Retry.IDEMPOTENT_ONLY, false),
        row(new ConnectionLost(COMPLAINT, false), true, Retry.IDEMPOTENT_ONLY, false),
        row(
            new ConnectionLost(new ConnectionEnding.StatelessReset(), false),
            true,
            Retry.IDEMPOTENT_ONLY,
            false),
        row(
            new ResetByPeer(Http3Error.H3_INTERNAL_ERROR.code(), false),
            true,
            Retry.IDEMPOTENT_ONLY,
            false),
        // Complete, whatever came then.
        row(new Complete(), true, Retry.NEVER, true),
        // In the middle of the content, whatever the code.
        row(new ConnectionLost(GOODBYE, true), true, Retry.NEVER, false),
        row(new ConnectionLost(IDLE, true), true, Retry.NEVER, false),
        // A reset with H3_NO_ERROR is not a polite close.
        row(new ResetByPeer(NO_ERROR, true), true, Retry.NEVER, false),
        row(new ResetByPeer(NO_ERROR, false), true, Retry.IDEMPOTENT_ONLY, false),
        // Refused or given up here.
        row(
            new StreamError(Http3Error.H3_MESSAGE_ERROR, "no :status", false),
            true,
            Retry.NEVER,
            false),
        row(new Abandoned(Http3Error.H3_REQUEST_CANCELLED.code()), true, Retry.NEVER, true));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void saysWhatMayBeDoneAboutIt(
      RequestEnding ending, boolean mayHaveBeenProcessed, Retry retry, boolean graceful) {
    assertEquals(mayHaveBeenProcessed, ending.mayHaveBeenProcessed());
    assertEquals(retry, ending.retry());
    assertEquals(retry == Retry.ANY_METHOD, ending.isRetrySafe());
    assertEquals(graceful, ending.isGraceful());
    assertEquals(ending instanceof Complete, ending.isComplete());
    assertFalse(ending.describe().isBlank());
  }

  @Test
  void carriesTheConnectionsEnding() {
    assertEquals(IDLE, new ConnectionLost(IDLE, true).cause());
    assertEquals(COMPLAINT, new NotSent(COMPLAINT).cause());
    assertNull(new Complete().cause());
    assertNull(new Rejected().cause());
  }

  @ParameterizedTest
  @EnumSource(Http3Error.class)
  void everyCodeIsKnownByItsNumber(Http3Error error) {
    assertEquals(error, Http3Error.of(error.code()));
    assertEquals(error.name(), Http3Error.describe(error.code()));
  }

  @Test
  void otherCodesMeanNoError() {
    for (long code : new long[] {0, 0xff, 0x111, 0x1ff, 0x203, (1L << 62) - 1}) {
      assertEquals(Http3Error.H3_NO_ERROR, Http3Error.of(code));
      assertEquals("error 0x" + Long.toHexString(code), Http3Error.describe(code));
    }
  }
}
