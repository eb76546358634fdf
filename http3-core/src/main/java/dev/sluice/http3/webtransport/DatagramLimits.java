package dev.sluice.http3.webtransport;

import dev.sluice.quic.datagram.DatagramQueue;
import java.time.Duration;
import java.util.Objects;

/**
 * How many datagrams of a session may wait, and for how long; the oldest give way. Each session has
 * queues of its own, so that a session that sends more than the network carries, or reads less than
 * it gets, drops nobody else's. {@link SessionStatistics} counts what was dropped.
 *
 * @param receiveQueue how many wait for the application; at least 1
 * @param receiveBytes and how many bytes they have together; those in capsules can be larger than a
 *     packet
 * @param receiveAge how long one may wait for the application; zero for as long as it takes
 * @param sendQueue how many wait for the congestion controller; at least 1
 * @param sendAge how long one may wait to be sent; zero for as long as it takes
 */
public record DatagramLimits(
    int receiveQueue, int receiveBytes, Duration receiveAge, int sendQueue, Duration sendAge) {

  /** A thousand full ones are a megabyte: what a gigabit a second carries in 10 ms. */
  public static final DatagramLimits DEFAULT =
      new DatagramLimits(1024, 1 << 20, Duration.ZERO, 1024, Duration.ZERO);

  /** Checks ranges. */
  public DatagramLimits {
    Objects.requireNonNull(receiveAge, "receiveAge");
    Objects.requireNonNull(sendAge, "sendAge");
    if (receiveQueue < 1 || receiveBytes < 0 || sendQueue < 1) {
      throw new IllegalArgumentException("queues hold something, and no negative number of bytes");
    }
    if (receiveAge.isNegative() || sendAge.isNegative()) {
      throw new IllegalArgumentException("ages are not negative");
    }
  }

  /** An empty queue for what waits for the application. */
  public DatagramQueue queue() {
    return new DatagramQueue(receiveQueue, receiveBytes, receiveAge);
  }

  /** With another bound on what waits for the application. */
  public DatagramLimits withReceive(int queue, int bytes, Duration age) {
    return new DatagramLimits(queue, bytes, age, sendQueue, sendAge);
  }

  /** With another bound on what waits to be sent. */
  public DatagramLimits withSend(int queue, Duration age) {
    return new DatagramLimits(receiveQueue, receiveBytes, receiveAge, queue, age);
  }
}
