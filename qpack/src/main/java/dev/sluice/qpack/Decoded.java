package dev.sluice.qpack;

import java.util.List;

/** What became of an encoded field section that the decoder was given. */
public sealed interface Decoded {
  /**
   * The section, decoded.
   *
   * @param lines in the order in which they were encoded; immutable
   */
  record Fields(List<FieldLine> lines) implements Decoded {}

  /**
   * The section refers to table entries that are still under way (RFC 9204 §2.2.1). The decoder
   * keeps it and gives it back through {@link QpackDecoder#nextUnblocked()}; until then nothing
   * more of this stream may be decoded.
   *
   * @param requiredInsertCount how many insertions the section waits for, counted from the first
   */
  record Blocked(long requiredInsertCount) implements Decoded {}

  /**
   * The section is well-formed as far as it was read, but larger than this decoder takes. It was
   * not decoded; the tables are as they should be, and the connection can go on.
   *
   * @param limit the limit it broke: the maximum field section size, or the bytes that may wait for
   *     the encoder stream
   * @param reason a sentence for logs
   */
  record TooLarge(long limit, String reason) implements Decoded {}
}
