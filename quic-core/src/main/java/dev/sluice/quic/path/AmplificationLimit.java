package dev.sluice.quic.path;

/**
 * The limit that keeps a server from being a reflector: before the peer's address is validated, at
 * most three times the bytes received may be sent to it (RFC 9000 §8).
 */
public final class AmplificationLimit {
  private static final int FACTOR = 3;

  private boolean validated;
  private long received;
  private long sent;

  /**
   * @param validated true where no limit applies: for a client, and for an address already proven
   *     by a token
   */
  public AmplificationLimit(boolean validated) {
    this.validated = validated;
  }

  /** Counts a datagram from the address, whatever it turns out to hold (RFC 9000 §8.1). */
  public void onReceived(int bytes) {
    received += bytes;
  }

  /** Counts a datagram to the address. */
  public void onSent(int bytes) {
    sent += bytes;
  }

  /** Bytes received from the address so far. */
  public long received() {
    return received;
  }

  /** Bytes sent to the address so far. */
  public long sent() {
    return sent;
  }

  /** The peer has shown that it receives what is sent to this address; the limit is gone. */
  public void validate() {
    validated = true;
  }

  /** Whether the address is validated. */
  public boolean isValidated() {
    return validated;
  }

  /** Bytes that may be sent now; {@link Long#MAX_VALUE} once validated. */
  public long allowance() {
    return validated ? Long.MAX_VALUE : Math.max(0, FACTOR * received - sent);
  }
}
