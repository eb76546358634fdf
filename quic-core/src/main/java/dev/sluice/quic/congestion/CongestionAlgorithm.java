package dev.sluice.quic.congestion;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The congestion controllers to choose from. */
public enum CongestionAlgorithm {
  /** RFC 9002 §7, the one that the RFC itself describes. */
  NEW_RENO {
    @Override
    public CongestionController create(int maxDatagramSize, RandomGenerator random) {
      return new NewReno(maxDatagramSize);
    }
  },
  /** RFC 9438 with HyStart++ (RFC 9406). */
  CUBIC {
    @Override
    public CongestionController create(int maxDatagramSize, RandomGenerator random) {
      return new Cubic(maxDatagramSize);
    }
  },
  /** BBR version 3 (draft-ietf-ccwg-bbr-06). */
  BBR {
    @Override
    public CongestionController create(int maxDatagramSize, RandomGenerator random) {
      return new Bbr(maxDatagramSize, random);
    }
  };

  /** The name that people give it: newreno, cubic or bbr. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace("_", "");
  }

  /**
   * The controller that people call so, in any case and with or without a hyphen; empty for none.
   */
  public static Optional<CongestionAlgorithm> named(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    return Arrays.stream(values()).filter(each -> each.label().equals(plain)).findAny();
  }

  /**
   * A controller for a new path.
   *
   * @param maxDatagramSize the largest datagram that the path carries, in bytes, at least 1200
   * @param random for controllers that leave something to chance
   */
  public abstract CongestionController create(int maxDatagramSize, RandomGenerator random);
}
