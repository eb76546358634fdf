package dev.sluice.qpack;

/**
 * The Huffman code of string literals (RFC 7541 §5.2, Appendix B, taken over by RFC 9204 §4.1.2).
 *
 * <p>The code is canonical: ordered by length and then by symbol, each code word is its predecessor
 * plus one, with zeros appended where the length grows. So the 257 lengths are the whole table, and
 * both directions are built from them when the class is loaded.
 */
final class Huffman {
  /** {@link #decode} found padding or a symbol that no encoder may produce. */
  static final int MALFORMED = -1;

  /** {@link #decode} would have produced more bytes than it was allowed. */
  static final int TOO_LONG = -2;

  /** A code word is at least five bits, so n bytes decode to at most n * 8 / 5. */
  static final int SHORTEST_CODE = 5;

  /** A code word is at most thirty bits. */
  static final int LONGEST_CODE = 30;

  private static final int EOS = 256;

  /** RFC 7541 Appendix B: the code lengths of symbols 0 to 256, 16 in a row. */
  private static final String LENGTH_TABLE =
      """
      13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28
      28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
      6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6
      5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
      13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7
      7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
      15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5
      6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
      20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
      24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
      22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23
      21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
      26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25
      19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
      20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
      26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
      30
      """;

  private static final byte[] LENGTHS = lengths();

  /** The code words, right-aligned. */
  private static final int[] CODES = new int[EOS + 1];

  /** The symbols in code order, and where those of each length begin in it. */
  private static final short[] SYMBOLS = new short[EOS + 1];

  private static final int[] FIRST_SYMBOL = new int[LONGEST_CODE + 2];

  /** For each length its first code word, right-aligned. */
  private static final int[] FIRST_CODE = new int[LONGEST_CODE + 2];

  /**
   * The short way: the next {@value #FAST_BITS} bits lead to the symbol (low 9 bits) and its length
   * (above); 0 where the code word is longer. All printable ASCII but a few rare characters is
   * found here.
   */
  private static final int FAST_BITS = 10;

  private static final short[] FAST = new short[1 << FAST_BITS];

  static {
    assignCodes();
    fillFastTable();
  }

  private Huffman() {}

  /** The code word of a symbol (256 is EOS), right-aligned. */
  static int code(int symbol) {
    return CODES[symbol];
  }

  /** The length of a symbol's code word in bits. */
  static int codeLength(int symbol) {
    return LENGTHS[symbol];
  }

  /** How many bytes {@link #encode} makes of a text of bytes (U+0000 to U+00FF). */
  static int encodedLength(String text) {
    long bits = 0;
    for (int i = 0; i < text.length(); i++) {
      bits += LENGTHS[text.charAt(i)];
    }
    return Math.toIntExact((bits + 7) >> 3);
  }

  /** Writes the coded text at {@code at} and returns where it ends. */
  static int encode(String text, byte[] out, int at) {
    long pending = 0;
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      int symbol = text.charAt(i);
      pending = pending << LENGTHS[symbol] | CODES[symbol];
      bits += LENGTHS[symbol];
      while (bits >= 8) {
        bits -= 8;
        out[at++] = (byte) (pending >> bits);
      }
    }
    if (bits > 0) {
      // The rest of the last byte is the beginning of EOS, which is all ones.
      out[at++] = (byte) (pending << 8 - bits | 0xff >> bits);
    }
    return at;
  }

  /**
   * Decodes {@code length} bytes into {@code out}.
   *
   * @param most how many bytes may come out; {@code out} has room for them
   * @return how many came out, or {@link #MALFORMED} or {@link #TOO_LONG}
   */
  static int decode(byte[] in, int offset, int length, byte[] out, int most) {
    int end = offset + length;
    int produced = 0;
    long window = 0; // the next bits, left-aligned
    int bits = 0;
    while (true) {
      while (bits <= 56 && offset < end) {
        window |= (in[offset++] & 0xffL) << 56 - bits;
        bits += 8;
      }
      if (bits == 0) {
        return produced;
      }
      int found = FAST[(int) (window >>> 64 - FAST_BITS)];
      if (found == 0) {
        found = findLong((int) (window >>> 64 - LONGEST_CODE));
      }
      int codeLength = found >> 9;
      if (codeLength > bits || (found & 0x1ff) == EOS) {
        return isPadding(window, bits) ? produced : MALFORMED;
      }
      if (produced == most) {
        return TOO_LONG;
      }
      out[produced++] = (byte) found;
      window <<= codeLength;
      bits -= codeLength;
    }
  }

  /**
   * A symbol whose code is longer than {@link #FAST_BITS}, by canonical order: the first length
   * whose codes reach beyond the given {@value #LONGEST_CODE} bits.
   */
  private static int findLong(int next) {
    for (int length = FAST_BITS + 1; length < LONGEST_CODE; length++) {
      int place = (next >>> LONGEST_CODE - length) - FIRST_CODE[length];
      if (place < FIRST_SYMBOL[length + 1] - FIRST_SYMBOL[length]) {
        return length << 9 | SYMBOLS[FIRST_SYMBOL[length] + place];
      }
    }
    return LONGEST_CODE << 9
        | SYMBOLS[FIRST_SYMBOL[LONGEST_CODE] + next - FIRST_CODE[LONGEST_CODE]];
  }

  /**
   * Only the beginning of EOS, shorter than a byte, may follow the last symbol (RFC 7541 §5.2). A
   * whole EOS is an error too, and longer than that.
   */
  private static boolean isPadding(long window, int bits) {
    return bits < 8 && window == -1L << 64 - bits;
  }

  private static byte[] lengths() {
    String[] rows = LENGTH_TABLE.trim().split("\\s+");
    byte[] lengths = new byte[rows.length];
    for (int i = 0; i < rows.length; i++) {
      lengths[i] = Byte.parseByte(rows[i]);
    }
    return lengths;
  }

  private static void assignCodes() {
    int code = 0;
    int place = 0;
    for (int length = 1; length <= LONGEST_CODE; length++) {
      code <<= 1;
      FIRST_CODE[length] = code;
      FIRST_SYMBOL[length] = place;
      for (int symbol = 0; symbol <= EOS; symbol++) {
        if (LENGTHS[symbol] == length) {
          CODES[symbol] = code++;
          SYMBOLS[place++] = (short) symbol;
        }
      }
    }
    FIRST_SYMBOL[LONGEST_CODE + 1] = place;
  }

  private static void fillFastTable() {
    for (int symbol = 0; symbol < EOS; symbol++) {
      int spare = FAST_BITS - LENGTHS[symbol];
      if (spare >= 0) {
        int from = CODES[symbol] << spare;
        for (int i = from; i < from + (1 << spare); i++) {
          FAST[i] = (short) (LENGTHS[symbol] << 9 | symbol);
        }
      }
    }
  }
}
