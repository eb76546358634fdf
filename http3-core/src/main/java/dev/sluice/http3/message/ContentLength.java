package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;

/** The Content-Length field (RFC 9110 §8.6), which must agree with the DATA frames. */
public final class ContentLength {
  /** The message does not say how long its content is. */
  public static final long UNKNOWN = -1;

  private ContentLength() {}

  /**
   * What a head says about the length of the content that follows it.
   *
   * @return bytes, or {@link #UNKNOWN}
   * @throws MalformedMessageException when it is no number, or said twice with different numbers
   */
  public static long of(Fields fields) {
    long length = UNKNOWN;
    for (FieldLine line : fields) {
      if (line.name().equals("content-length")) {
        // The same number repeated is a proxy's mistake that RFC 9110 lets pass.
        for (String member : members(line.value())) {
          long value = parse(member.strip());
          if (length != UNKNOWN && length != value) {
            throw new MalformedMessageException("content-length has two values");
          }
          length = value;
        }
      }
    }
    return length;
  }

  private static String[] members(String value) {
    return value.indexOf(',') < 0 ? new String[] {value} : value.split(",", -1);
  }

  private static long parse(String digits) {
    // 18 digits cannot overflow, and a QUIC stream ends before 2^62, which has 19.
    int first = 0;
    while (first < digits.length() - 1 && digits.charAt(first) == '0') {
      first++;
    }
    if (digits.isEmpty() || digits.length() - first > 18) {
      throw new MalformedMessageException("content-length is not a possible length");
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        throw new MalformedMessageException("content-length is not a number");
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
