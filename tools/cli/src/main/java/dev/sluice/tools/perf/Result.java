package dev.sluice.tools.perf;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one measurement found, for people and for programs. */
final class Result implements Finding {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
  private static final double MICRO = 1e3;

  private final ClientOptions options;
  private final long amount;
  private final double seconds;
  private final Histogram latencies;
  private final Usage client;
  private final Usage server;

  /**
   * @param server null when it is not known
   */
  Result(ClientOptions options, Meter meter, Histogram latencies, Usage client, Usage server) {
    this.options = options;
    this.amount = meter.counted();
    this.seconds = meter.seconds();
    this.latencies = latencies;
    this.client = client;
    this.server = server;
  }

  /** A rate as people read it: bytes in millions, everything else as it is. */
  static String rate(Workload workload, double perSecond) {
    return workload.unit().equals("bytes")
        ? String.format(Locale.ROOT, "%.1f MB/s", perSecond / 1e6)
        : String.format(Locale.ROOT, "%.0f %s/s", perSecond, workload.unit());
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        Finding.line(
            options.workload.toString(),
            rate(options.workload, amount / seconds)
                + String.format(
                    Locale.ROOT, " (%d %s in %.3f s)", amount, options.workload.unit(), seconds)));
    if (latencies.getTotalCount() > 0) {
      StringBuilder values = new StringBuilder();
      for (double percentile : PERCENTILES) {
        values.append(
            String.format(
                Locale.ROOT,
                "%sp%s %.0f us",
                values.isEmpty() ? "" : ", ",
                name(percentile),
                latencies.getValueAtPercentile(percentile) / MICRO));
      }
      text.append(Finding.line("latency", values.toString()));
    }
    text.append(Finding.line("client", client.text()));
    if (server != null) {
      text.append(Finding.line("server", server.text()));
    }
    return text.toString();
  }

  private static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? Integer.toString((int) percentile)
        : Double.toString(percentile);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workload", options.workload.toString());
    json.put("unit", options.workload.unit());
    json.put("amount", amount);
    json.put("seconds", seconds);
    json.put("rate", amount / seconds);
    if (latencies.getTotalCount() > 0) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("mean", latencies.getMean() / MICRO);
      for (double percentile : PERCENTILES) {
        values.put("p" + name(percentile), latencies.getValueAtPercentile(percentile) / MICRO);
      }
      json.put("latencyMicros", values);
    }
    json.put("client", client.json());
    json.put("server", server == null ? null : server.json());
    return json;
  }
}
