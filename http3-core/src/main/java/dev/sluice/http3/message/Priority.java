package dev.sluice.http3.message;

import java.util.Locale;

/**
 * The priority of a response (RFC 9218 §4).
 *
 * @param urgency 0, the most urgent, to 7
 * @param incremental whether parts of the response are of use before the rest
 */
public record Priority(int urgency, boolean incremental) {
  /** What applies when nothing is said. */
  public static final Priority DEFAULT = new Priority(3, false);

  public Priority {
    if (urgency < 0 || urgency > 7) {
      throw new IllegalArgumentException("urgency " + urgency);
    }
  }

  /**
   * Reads a Priority field value (RFC 9218 §4, §5). Unknown parameters and values out of range are
   * ignored.
   *
   * @return null when it is not a Dictionary of Structured Fields (RFC 9651 §3.2)
   */
  public static Priority parse(String fieldValue) {
    return PriorityField.parse(fieldValue, DEFAULT);
  }

  /**
   * This priority with what a response says about itself (RFC 9218 §8): its parameters count more,
   * and one that it leaves out changes nothing.
   *
   * @param fieldValue the response's Priority field; what is no Dictionary changes nothing
   */
  public Priority mergedWith(String fieldValue) {
    Priority merged = PriorityField.parse(fieldValue, this);
    return merged == null ? this : merged;
  }

  /** The field value for a Priority field or a PRIORITY_UPDATE frame. */
  public String toFieldValue() {
    return String.format(Locale.ROOT, "u=%d%s", urgency, incremental ? ", i" : "");
  }
}
