package dev.sluice.qpack;

import java.util.Set;

/**
 * Which lines the encoder puts into the dynamic table. RFC 9204 leaves that to the encoder (§2.1);
 * the aim here is to spend an insertion only on what will come again.
 *
 * <p>A line enters when it is met for the second time within the last few hundred, or at once when
 * its name is one whose value hardly changes during a connection. A sensitive line never enters
 * (§7.1.3).
 */
final class InsertionPolicy {
  /** Names whose values commonly are the same in every message of a connection. */
  private static final Set<String> CONSTANT =
      Set.of(
          ":authority",
          "user-agent",
          "accept-encoding",
          "accept-language",
          "server",
          "strict-transport-security",
          "alt-svc");

  /** Credentials: never in a table, on this hop or another. */
  private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization");

  private static final Set<String> COOKIES = Set.of("cookie", "set-cookie");

  /**
   * A shorter cookie can be guessed: an attacker who makes a browser send requests learns from
   * their size whether the guess was in the table (§7.1). 20 characters of base64 are 120 bits.
   */
  private static final int GUESSABLE_COOKIE = 20;

  /** How many lines are remembered: those of some twenty messages. A power of two. */
  private static final int REMEMBERED = 256;

  /** Hashes of lines met, each in the slot it falls into; a newer one takes the slot over. */
  private final int[] met = new int[REMEMBERED];

  /** Whether the line must travel as a literal that is never indexed. */
  static boolean isSensitive(FieldLine line) {
    return line.sensitive()
        || CREDENTIALS.contains(line.name())
        || line.value().length() < GUESSABLE_COOKIE && COOKIES.contains(line.name());
  }

  /**
   * Whether a line that is not sensitive and in no table is worth inserting. Remembers that it was
   * met.
   */
  boolean shouldInsert(FieldLine line) {
    int hash = StaticTable.lineHash(line.name(), line.value());
    int slot = hash * 0x9e3779b1 >>> 24;
    boolean metBefore = met[slot] == hash;
    met[slot] = hash;
    return metBefore || CONSTANT.contains(line.name());
  }
}
