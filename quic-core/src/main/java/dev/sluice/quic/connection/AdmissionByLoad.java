package dev.sluice.quic.connection;

/**
 * Lets everybody in until it gets crowded: first clients have to prove their address, so that
 * nobody fills the server with handshakes under false ones, then they are refused.
 *
 * @param retryFrom the number of handshakes under way from which on clients have to prove their
 *     address; 0 for always
 * @param maxConnections the number of connections, handshakes included, that may live at once
 */
public record AdmissionByLoad(int retryFrom, int maxConnections) implements Admission {

  /**
   * A handshake costs a signature, about a tenth of a millisecond, and lives for a round trip or
   * two: a thousand at once are more than honest clients bring about at the rate at which one
   * thread can serve them.
   */
  public static final int DEFAULT_RETRY_FROM = 1_000;

  /**
   * An idle connection costs tens of kilobytes; this many of them stay in the low gigabytes, and a
   * server that wants more says so.
   */
  public static final int DEFAULT_MAX_CONNECTIONS = 100_000;

  /** What a server does that was told nothing else. */
  public static final AdmissionByLoad DEFAULT =
      new AdmissionByLoad(DEFAULT_RETRY_FROM, DEFAULT_MAX_CONNECTIONS);

  /** The same with every client proving its address, or with the default instead. */
  public AdmissionByLoad withRetry(boolean always) {
    return new AdmissionByLoad(always ? 0 : DEFAULT_RETRY_FROM, maxConnections);
  }

  /** The same with another number of handshakes. */
  public AdmissionByLoad withRetryFrom(int handshakes) {
    return new AdmissionByLoad(handshakes, maxConnections);
  }

  /** The same with another number of connections. */
  public AdmissionByLoad withMaxConnections(int limit) {
    return new AdmissionByLoad(retryFrom, limit);
  }

  @Override
  public Decision decide(Client client) {
    if (client.handshaking() + client.established() >= maxConnections) {
      return new Decision.Refuse("the server is full");
    }
    return client.handshaking() >= retryFrom && !client.addressValidated() ? RETRY : ACCEPT;
  }
}
