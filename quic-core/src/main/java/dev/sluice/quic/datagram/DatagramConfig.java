package dev.sluice.quic.datagram;

import java.time.Duration;

/**
 * Whether a connection takes datagrams, and how many wait on either side (RFC 9221).
 *
 * @param maxFrameSize max_datagram_frame_size, the largest DATAGRAM frame that is taken, type and
 *     length included; 0 to take none. Datagrams can be sent either way, as far as the peer takes
 *     them
 * @param sendQueue how many datagrams wait for the congestion controller; at least 1
 * @param maxAge how long one may wait to be sent before it is dropped; zero for as long as it takes
 * @param receiveQueue how many datagrams wait for the application; at least 1
 * @param receiveQueueBytes and how many bytes they have together
 */
public record DatagramConfig(
    int maxFrameSize, int sendQueue, Duration maxAge, int receiveQueue, int receiveQueueBytes) {

  /**
   * Every datagram that fits a packet is taken (65535 is what RFC 9221 §3 recommends). A thousand
   * full ones on either side are a megabyte: what a gigabit a second carries in 10 ms.
   */
  public static final DatagramConfig ON =
      new DatagramConfig(65_535, 1024, Duration.ZERO, 1024, 1 << 20);

  /** No datagram is taken. */
  public static final DatagramConfig OFF = ON.withMaxFrameSize(0);

  /** Checks ranges. */
  public DatagramConfig {
    if (maxFrameSize < 0 || sendQueue < 1 || receiveQueue < 1 || receiveQueueBytes < 0) {
      throw new IllegalArgumentException("sizes are not negative, and queues not empty");
    }
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge is not negative");
    }
  }

  /** An empty queue for what waits for the application, for as long as it takes. */
  public DatagramQueue queue() {
    return new DatagramQueue(receiveQueue, receiveQueueBytes, Duration.ZERO);
  }

  /** The same with another limit on the peer's frames. */
  public DatagramConfig withMaxFrameSize(int other) {
    return new DatagramConfig(other, sendQueue, maxAge, receiveQueue, receiveQueueBytes);
  }

  /** The same with another bound on what waits to be sent. */
  public DatagramConfig withSendQueue(int count, Duration age) {
    return new DatagramConfig(maxFrameSize, count, age, receiveQueue, receiveQueueBytes);
  }

  /** The same with another bound on what waits for the application. */
  public DatagramConfig withReceiveQueue(int count, int bytes) {
    return new DatagramConfig(maxFrameSize, sendQueue, maxAge, count, bytes);
  }
}
