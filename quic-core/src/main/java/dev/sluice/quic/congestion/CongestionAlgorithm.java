package dev.sluice.quic.congestion;

/** The congestion controllers to choose from. */
public enum CongestionAlgorithm {
  /** RFC 9002 §7, the one that the RFC itself describes. */
  NEW_RENO {
    @Override
    public CongestionController create(int maxDatagramSize) {
      return new NewReno(maxDatagramSize);
    }
  },
  /** RFC 9438 with HyStart++ (RFC 9406). */
  CUBIC {
    @Override
    public CongestionController create(int maxDatagramSize) {
      return new Cubic(maxDatagramSize);
    }
  };

  /**
   * A controller for a new path.
   *
   * @param maxDatagramSize the largest datagram that the path carries, in bytes, at least 1200
   */
  public abstract CongestionController create(int maxDatagramSize);
}
