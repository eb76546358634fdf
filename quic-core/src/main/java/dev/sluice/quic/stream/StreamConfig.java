package dev.sluice.quic.stream;

/**
 * How much this endpoint buffers for streams, in both directions.
 *
 * @param limits what the peer may send and open at first; goes into our transport parameters
 * @param maxStreamWindow bytes that the receive window of one stream may grow to
 * @param maxConnectionWindow bytes that the receive window of the connection may grow to: the bound
 *     of what a peer can make us hold in unread data
 * @param sendBuffer bytes that a stream takes from the application ahead of what it has sent
 * @param maxSendBuffer bytes that it holds in all, with those that are sent and not acknowledged
 */
public record StreamConfig(
    StreamLimits limits,
    long maxStreamWindow,
    long maxConnectionWindow,
    int sendBuffer,
    int maxSendBuffer) {

  private static final int MIB = 1 << 20;

  /**
   * The windows start at 1 MiB a stream, which is a gigabyte a second at a round trip of 1 ms, as
   * on loopback, and 100 Mbit/s at 80 ms, without growing at all; the connection's at four such
   * streams, so that a few whose readers pause do not hold the others up. They grow to 16 and 24
   * MiB, a gigabit a second at 130 ms. A hundred streams of each kind are what HTTP/3 servers allow
   * (RFC 9114 §6.1). A stream takes 256 KiB ahead of what it has sent: a few turns of the event
   * loop, and little enough to be still in the processor's cache when its turn comes. What is in
   * flight comes on top, so that the sum over all streams follows the congestion window.
   */
  public static final StreamConfig DEFAULT =
      new StreamConfig(
          new StreamLimits(4 * MIB, MIB, MIB, MIB, 100, 100),
          16 * MIB,
          24 * MIB,
          256 * 1024,
          8 * MIB);

  /** The same with other limits for the peer to start with. */
  public StreamConfig withLimits(StreamLimits newLimits) {
    return new StreamConfig(
        newLimits, maxStreamWindow, maxConnectionWindow, sendBuffer, maxSendBuffer);
  }
}
