package dev.sluice.tools.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a representation.
 *
 * @param first position of its first byte
 * @param last position of its last byte, inclusive as in the field
 */
record ByteRange(long first, long last) {
  /**
   * More ranges than this in one request are not for anyone's good (RFC 9110 §17.15): the whole
   * representation is sent then.
   */
  private static final int MAX_RANGES = 16;

  // Eighteen digits always fit a long.
  private static final Pattern SPEC = Pattern.compile("(\\d{0,18})-(\\d{0,18})");

  /** The number of bytes. */
  long length() {
    return last - first + 1;
  }

  /** The value of Content-Range (§14.4). */
  String contentRange(long size) {
    return "bytes " + first + "-" + last + "/" + size;
  }

  /**
   * The satisfiable ranges of a Range field (§14.1.2).
   *
   * @param size of the whole representation
   * @return empty when the field is to be ignored: another unit, a syntax error, too many or
   *     overlapping ranges; an empty list when no range is satisfiable
   */
  static Optional<List<ByteRange>> parse(String field, long size) {
    if (!field.regionMatches(true, 0, "bytes=", 0, 6)) {
      return Optional.empty();
    }
    List<ByteRange> ranges = new ArrayList<>();
    String[] specs = field.substring(6).split(",", MAX_RANGES + 1);
    if (specs.length > MAX_RANGES) {
      return Optional.empty();
    }
    for (String spec : specs) {
      Matcher matcher = SPEC.matcher(spec.strip());
      if (!matcher.matches() || matcher.group().equals("-")) {
        return Optional.empty();
      }
      boolean suffix = matcher.group(1).isEmpty();
      long first = suffix ? 0 : Long.parseLong(matcher.group(1));
      long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
      if (suffix) {
        first = Math.max(0, size - last);
        last = last == 0 ? -1 : Long.MAX_VALUE;
      } else if (last < first) {
        return Optional.empty();
      }
      ByteRange range = new ByteRange(first, Math.min(last, size - 1));
      if (range.length() > 0) {
        ranges.add(range);
      }
    }
    return overlap(ranges) ? Optional.empty() : Optional.of(List.copyOf(ranges));
  }

  private static boolean overlap(List<ByteRange> ranges) {
    for (int i = 0; i < ranges.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (ranges.get(i).first <= ranges.get(j).last
            && ranges.get(j).first <= ranges.get(i).last) {
          return true;
        }
      }
    }
    return false;
  }
}
