package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.RetryIntegrity;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.TlsClient;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsEndpoint;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How a client begins, and what makes it begin again: a Retry (RFC 9000 §17.2.5) and a Version
 * Negotiation packet (§6.2, RFC 9368 §2.1). Both are packets that anyone can make who has seen the
 * first flight, so each is acted on once, and only before anything else has come.
 */
final class FirstFlight {

  /** A client's first destination has at least eight unpredictable bytes (RFC 9000 §7.2). */
  private static final int INVENTED_ID = 8;

  private final Connection connection;
  private final ClientConfig config;
  private Bytes token = Bytes.EMPTY;

  /**
   * @param config null at a server, whose part this is not
   */
  FirstFlight(Connection connection, ClientConfig config) {
    this.connection = connection;
    this.config = config;
  }

  /** Puts the first flight together. */
  void begin(long now) {
    token = config.tokenFor(connection.versions.original());
    connection.spaces.installInitial(
        connection.versions.original(), connection.ids.originalDestination());
    connection.handshake.start(tls(), now);
  }

  private TlsEndpoint tls() {
    TlsClientConfig tls = EarlyData.offerable(config.tlsFor(connection.versions.original()));
    connection.early.resume(tls.ticket());
    return new TlsClient(
        tls, new ParameterExchange(connection).ofClient(), connection.shared.keyShares);
  }

  /** An ID of the client's own making, for the server that it does not know yet. */
  static ConnectionId invented(RandomGenerator random) {
    byte[] id = new byte[INVENTED_ID];
    random.nextBytes(id);
    return ConnectionId.of(id);
  }

  /** For the Token field of Initial packets; empty without a token. */
  Bytes token() {
    return token;
  }

  /**
   * The server wants proof of our address first: everything starts over with its token (RFC 9000
   * §8.1.2).
   *
   * @return false for a Retry that is to be dropped: only the first counts, only before anything
   *     else came, only in the version of the first flight, only if its tag is right (§17.2.5.2)
   */
  boolean onRetry(RetryHeader retry, byte[] buffer, long now) {
    ConnectionIds ids = connection.ids;
    boolean acceptable =
        isUnanswered()
            && retry.version() == connection.versions.original()
            && ids.isOurs(retry.destination())
            && !retry.source().equals(ids.originalDestination());
    if (!acceptable || !RetryIntegrity.verify(ids.originalDestination(), buffer, retry)) {
      return false;
    }
    ids.onRetry(retry.source());
    token = Bytes.of(retry.token().toArray());
    connection.spaces.installInitial(connection.versions.original(), retry.source());
    connection.recovery.resetForRetry(now);
    return true;
  }

  /**
   * The server does not speak the version of the first flight: another one is sent, or the
   * connection is over.
   *
   * @return false for a packet that is to be dropped: the server's answer to such another flight
   *     (RFC 9368 §4), one that comes too late or lists the version that it denies (RFC 9000 §6.2)
   */
  boolean onVersionNegotiation(VersionNegotiationHeader offer, long now) {
    List<Integer> offered = Arrays.stream(offer.versions()).boxed().toList();
    boolean acceptable =
        isUnanswered()
            && !connection.versions.isReaction()
            && connection.ids.isOurs(offer.destination())
            && offer.source().equals(connection.ids.originalDestination())
            && !offered.contains(connection.versions.original().number());
    if (!acceptable) {
      return false;
    }
    QuicVersion choice = connection.versions.choose(offered);
    if (choice == null) {
      connection.closing.endSilently(new ConnectionEnding.VersionMismatch(offered), now);
    } else {
      beginAgain(choice, offered, now);
    }
    return true;
  }

  /**
   * Sends another first flight, which has nothing in common with the first but the application's
   * streams (RFC 9368 §2.4, §6).
   */
  private void beginAgain(QuicVersion choice, List<Integer> offered, long now) {
    if (connection.early.state() == EarlyDataState.OFFERED) {
      connection.early.onDecision(false, now);
    }
    connection.versions.react(choice);
    connection.ids.restart(invented(connection.random));
    connection.recovery.resetForRetry(now);
    connection.spaces.of(EncryptionLevel.INITIAL).crypto().restart();
    connection.handshake.tls().destroy();
    begin(now);
    connection.trace(now, () -> connection.versions.chosen(offered));
  }

  private boolean isUnanswered() {
    return connection.isClient()
        && connection.ids.peerFirst() == null
        && connection.ids.retrySource() == null;
  }
}
