package dev.sluice.tools.perf;

import java.util.Locale;
import java.util.Map;

/** What a measurement found. */
interface Finding {

  /** Some lines for people, each with its end. */
  String text();

  /** Names and values for a JSON object. */
  Map<String, Object> json();

  /** A line of {@link #text()}. */
  static String line(String name, String value) {
    return String.format(Locale.ROOT, "%-13s %s%n", name, value);
  }
}
