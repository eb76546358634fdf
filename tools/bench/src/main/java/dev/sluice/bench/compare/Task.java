package dev.sluice.bench.compare;

import java.util.Locale;

/** What the contenders are measured in. */
enum Task {
  PUMP("MB/s", 1e-6),
  DOWNLOAD("MB/s", 1e-6),
  UPLOAD("MB/s", 1e-6),
  COLD_DOWNLOAD("MB/s", 1e-6),
  COLD_UPLOAD("MB/s", 1e-6),
  COLD_GET("ms", 1e3),
  REQUESTS("requests/s", 1),
  CONNECTS("connections/s", 1),
  RESUMED_CONNECTS("connections/s", 1),
  PORTABLE_DOWNLOAD("MB/s", 1e-6),
  LOSSY_DOWNLOAD("MB/s", 1e-6),
  IDLE_MEMORY("KiB", 1.0 / 1024),
  ALLOCATION("bytes/packet", 1),
  NEQO_GET("ms", 1e3),
  NEQO_POST("ms", 1e3),
  NEQO_10000_REQUESTS("ms", 1e3),
  NEQO_ONE_REQUEST("ms", 1e3);

  private final String unit;
  private final double shown;

  /**
   * @param shown what a value is multiplied by for people
   */
  Task(String unit, double shown) {
    this.unit = unit;
    this.shown = shown;
  }

  /** The unit in which it is shown. */
  String unit() {
    return unit;
  }

  /** A value as it is shown: values are kept in bytes, seconds and counts. */
  double shown(double value) {
    return value * shown;
  }

  /** Whether more is better; else less is. */
  boolean isRate() {
    return unit.endsWith("/s");
  }

  /** Whether it is about bytes carried, so that the pump is its ceiling. */
  boolean isUnderPump() {
    return unit.equals("MB/s") && this != LOSSY_DOWNLOAD && this != PUMP;
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
