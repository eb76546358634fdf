package dev.sluice.tools.perf;

import java.util.Locale;

/** What is measured. */
enum Workload {
  DOWNLOAD("bytes"),
  UPLOAD("bytes"),
  BIDIRECTIONAL("bytes"),
  MULTI_STREAM("bytes"),
  REQUESTS("requests"),
  MESSAGES("messages"),
  DATAGRAMS("datagrams"),
  CONNECTS("connections"),
  IDLE("connections");

  private final String unit;

  Workload(String unit) {
    this.unit = unit;
  }

  /** What is counted. */
  String unit() {
    return unit;
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
