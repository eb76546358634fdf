package dev.sluice.quic.endpoint;

import dev.sluice.quic.connection.AddressTokenSource;
import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.Admission.Decision;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.ServerOrigin;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;

/**
 * A server's door: what becomes of an Initial packet that belongs to no connection (RFC 9000
 * §5.2.2, §8.1). Its token is judged first, then it is for {@link Admission} to say, and nothing is
 * opened for a packet that is not authentic.
 */
final class Newcomers implements AddressTokenSource {

  /** A destination ID that a client makes up has at least eight bytes (§7.2). */
  private static final int MIN_INVENTED_ID = 8;

  private final AddressTokens tokens;
  private final UsedTokens used = new UsedTokens();
  private final StatelessAnswers answers;
  private final Routes routes;

  Newcomers(AddressTokens tokens, StatelessAnswers answers, Routes routes) {
    this.tokens = tokens;
    this.answers = answers;
    this.routes = routes;
  }

  /** An Initial packet and where it was met. */
  record Arrival(
      LongHeader initial,
      byte[] buffer,
      InetSocketAddress local,
      InetSocketAddress remote,
      long now) {}

  /**
   * What a connection for it begins with.
   *
   * @param handshaking connections whose handshake is not complete
   * @param established other connections
   * @return null when there is to be none; then it is answered, if it gets an answer
   */
  ServerOrigin judge(ServerConfig server, Arrival arrival, int handshaking, int established) {
    LongHeader initial = arrival.initial();
    ServerOrigin origin = ServerOrigin.of(initial);
    boolean replayed = !initial.token().isEmpty() && used.contains(initial.token());
    switch (verdict(initial, arrival, replayed)) {
      case AddressTokens.Verdict.Invalid(String reason) -> {
        refuse(arrival, TransportError.INVALID_TOKEN, reason);
        return null;
      }
      case AddressTokens.Verdict.Misused misused -> {
        return null;
      }
      case AddressTokens.Verdict.Absent absent -> {}
      case AddressTokens.Verdict.Validated validated -> origin = origin.withAddressValidated();
      case AddressTokens.Verdict.Retried(ConnectionId original) ->
          origin = origin.afterRetry(original);
    }
    boolean invented = origin.retrySource() == null;
    if (invented && initial.destination().length() < MIN_INVENTED_ID) {
      return null;
    }
    Decision decision =
        server
            .admission()
            .decide(
                new Admission.Client(
                    arrival.local(),
                    arrival.remote(),
                    origin.addressValidated(),
                    handshaking,
                    established));
    return isLetIn(decision, arrival, origin.addressValidated()) ? origin : null;
  }

  void measure(Footprint out) {
    used.measure(out);
  }

  private AddressTokens.Verdict verdict(LongHeader initial, Arrival arrival, boolean replayed) {
    return initial.token().isEmpty() || replayed
        ? new AddressTokens.Verdict.Absent()
        : tokens.judge(initial.token(), initial.version(), arrival.remote(), arrival.now());
  }

  private boolean isLetIn(Decision decision, Arrival arrival, boolean validated) {
    return switch (decision) {
      case Decision.Accept accept -> isWelcome(arrival, validated);
      case Decision.Retry retry when validated -> isWelcome(arrival, true);
      case Decision.Retry retry -> {
        LongHeader initial = arrival.initial();
        byte[] token =
            tokens.forRetry(
                initial.version(), arrival.remote(), initial.destination(), arrival.now());
        answers.retry(initial, chosen(initial), token, arrival.local(), arrival.remote());
        yield false;
      }
      case Decision.Refuse(String reason) -> {
        refuse(arrival, TransportError.CONNECTION_REFUSED, reason);
        yield false;
      }
      case Decision.Ignore ignore -> false;
    };
  }

  /**
   * The ID that a Retry moves the client to: another than its own (§17.2.5.1). Where this endpoint
   * does without, it is one for the keys of the next Initial.
   */
  private ConnectionId chosen(LongHeader initial) {
    if (routes.areByAddress()) {
      return routes.invented(MIN_INVENTED_ID);
    }
    ConnectionId id = routes.unused();
    while (id.equals(initial.destination())) {
      id = routes.unused();
    }
    return id;
  }

  /** Anyone can send a datagram that looks like an Initial; no state is spent on such. */
  private boolean isWelcome(Arrival arrival, boolean validated) {
    if (routes.isTaken(arrival.remote())) {
      refuse(arrival, TransportError.CONNECTION_REFUSED, "there is a connection with this address");
      return false;
    }
    if (!answers.isAuthentic(arrival.initial(), arrival.buffer())) {
      return false;
    }
    if (validated) { // else it is no token, or none that is worth anything
      used.add(arrival.initial().token());
    }
    return true;
  }

  private void refuse(Arrival arrival, TransportError error, String reason) {
    if (answers.mayAnswer(arrival.now())) {
      answers.refuse(arrival.initial(), error, reason, arrival.local(), arrival.remote());
    }
  }

  @Override
  public byte[] tokenFor(QuicVersion version, InetSocketAddress client, long now) {
    return tokens.forLater(version, client, now);
  }
}
