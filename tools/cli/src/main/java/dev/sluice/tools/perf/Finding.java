package dev.sluice.tools.perf;

import java.util.Map;

/** What a measurement found. */
interface Finding {

  /** Some lines for people, each with its end. */
  String text();

  /** Names and values for a JSON object. */
  Map<String, Object> json();
}
