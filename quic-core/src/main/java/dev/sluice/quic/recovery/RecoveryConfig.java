package dev.sluice.quic.recovery;

import java.util.random.RandomGenerator;

/**
 * What {@link Recovery} has to be told about its connection.
 *
 * @param client whether this end is the client
 * @param maxDatagramSize the largest UDP payload that this end sends, in bytes, at least 1200
 * @param initialRtt what to assume before the first sample, in nanoseconds
 * @param pacing whether packets are spread over a round trip (RFC 9002 §7.7); some controllers pace
 *     in any case
 * @param random decides which packet numbers to skip (RFC 9000 §21.4); must be unpredictable to the
 *     peer outside tests
 */
public record RecoveryConfig(
    boolean client, int maxDatagramSize, long initialRtt, boolean pacing, RandomGenerator random) {

  /** kInitialRtt (RFC 9002 §6.2.2). */
  public static final long DEFAULT_INITIAL_RTT = 333_000_000;

  /**
   * @throws IllegalArgumentException when a size or time is out of range
   */
  public RecoveryConfig {
    if (maxDatagramSize < 1200 || initialRtt <= 0) {
      throw new IllegalArgumentException("datagrams of at least 1200 bytes and a positive RTT");
    }
  }

  /** For a connection that knows nothing of its path yet. */
  public static RecoveryConfig of(boolean client, int maxDatagramSize, RandomGenerator random) {
    return new RecoveryConfig(client, maxDatagramSize, DEFAULT_INITIAL_RTT, true, random);
  }
}
