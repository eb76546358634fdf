package dev.sluice.qpack;

/**
 * How much of what the peer's decoder offers this encoder is willing to use. The peer's settings
 * are promises about its memory; these are about ours, and about the risk of delay.
 *
 * @param tableCapacity the largest dynamic table to keep, in bytes of RFC 9204 §3.2.1; 0 does
 *     without a dynamic table
 * @param blockedStreams how many streams may at one time carry references that the decoder has not
 *     yet acknowledged, and so wait for the encoder stream; 0 never lets a stream wait
 */
public record EncoderLimits(int tableCapacity, int blockedStreams) {
  /**
   * 4096 bytes hold the lines that repeat on one connection, and 100 streams are what browsers
   * commonly have in flight.
   */
  public static final EncoderLimits DEFAULT = new EncoderLimits(4096, 100);

  /**
   * @throws IllegalArgumentException when a limit is negative
   */
  public EncoderLimits {
    if (tableCapacity < 0 || blockedStreams < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }
}
