package dev.sluice.bench.micro;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;

/** ACK frames of which every other packet is missing. */
final class AckRangesOf {
  private AckRangesOf() {}

  static AckFrame count(int ranges) {
    return upTo(4L * ranges, ranges);
  }

  /** So many ranges of one packet each, the largest of them this one. */
  static AckFrame upTo(long largest, int ranges) {
    AckRanges.Builder builder = AckRanges.builder();
    for (int i = 0; i < ranges; i++) {
      builder.add(largest - 2L * i, largest - 2L * i);
    }
    return new AckFrame(largest, 0, builder.build(), null);
  }
}
