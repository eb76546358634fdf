package dev.sluice.tools.congestion;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws the course of a run as SVG: three charts below each other, one line a flow. */
final class Plot {
  private static final int WIDTH = 900;
  private static final int LEFT = 90;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int CHART = 180;
  private static final int GAP = 40;
  private static final int TICKS = 4;
  private static final String[] COLOURS = {"#1f6f8b", "#d1495b", "#66a182", "#edae49"};

  private final Outcome outcome;
  private final double seconds;
  private final StringBuilder svg = new StringBuilder();

  private Plot(Outcome outcome) {
    this.outcome = outcome;
    this.seconds = outcome.scenario().duration().toNanos() / 1e9;
  }

  /** The whole file. */
  static String of(Outcome outcome) {
    Plot plot = new Plot(outcome);
    plot.draw();
    return plot.svg.toString();
  }

  private void draw() {
    int height = TOP + 3 * (CHART + GAP);
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">\n",
        WIDTH, height, WIDTH, height);
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n");
    add(
        "<text x=\"%d\" y=\"22\" font-size=\"15\">%s, %s: %s, %d ms, queue %d bytes</text>\n",
        LEFT,
        outcome.scenario().name(),
        outcome.algorithm().label(),
        outcome.scenario().rateText(),
        outcome.scenario().roundTrip().toMillis(),
        outcome.scenario().queue());
    chart(0, "window, kB", sample -> sample.window() / 1e3);
    chart(1, "round-trip time, ms", Sample::rtt);
    double step = seconds / Math.max(1, outcome.flows().getFirst().size());
    chart(2, "delivered, Mb/s", sample -> sample.delivered() * 8 / step / 1e6);
    add("</svg>\n");
  }

  private void chart(int place, String title, ToDoubleFunction<Sample> value) {
    int top = TOP + place * (CHART + GAP);
    double most = outcome.flows().stream().flatMap(List::stream).mapToDouble(value).max().orElse(1);
    double scale = niceCeiling(most);
    axes(top, title, scale);
    for (int flow = 0; flow < outcome.flows().size(); flow++) {
      StringBuilder points = new StringBuilder();
      for (Sample sample : outcome.flows().get(flow)) {
        double y = top + CHART * (1 - value.applyAsDouble(sample) / scale);
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(sample.time()), y));
      }
      add(
          "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.2\" points=\"%s\"/>\n",
          COLOURS[flow % COLOURS.length], points.toString().trim());
    }
  }

  private void axes(int top, String title, double scale) {
    add("<text x=\"%d\" y=\"%d\" fill=\"#555\">%s</text>\n", LEFT + 6, top + 14, title);
    for (int i = 0; i <= TICKS; i++) {
      double y = top + CHART * (1 - (double) i / TICKS);
      add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
          LEFT, y, WIDTH - RIGHT, y);
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#555\">%s</text>\n",
          LEFT - 8, y + 4, number(scale * i / TICKS));
      double time = seconds * i / TICKS;
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%s s</text>\n",
          x(time), top + CHART + 16, number(time));
    }
  }

  private double x(double time) {
    return LEFT + (WIDTH - LEFT - RIGHT) * time / seconds;
  }

  /** The next 1, 2 or 5 with zeros behind it. */
  private static double niceCeiling(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
    for (double step : new double[] {1, 2, 5}) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
