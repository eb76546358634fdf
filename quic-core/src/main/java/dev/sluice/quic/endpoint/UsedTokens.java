package dev.sluice.quic.endpoint;

import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.Bytes;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The address tokens with which connections were opened, so that each opens one (RFC 9000 §8.1.4):
 * whoever has seen a token on its way cannot make us send to its owner again and again.
 */
final class UsedTokens {

  /**
   * The oldest are forgotten beyond this number. A token of some 60 bytes makes some 200 here: 13
   * MB for a socket that is busy. At a thousand connections a second they last for a minute, six
   * times the life of a Retry token.
   */
  private static final int MAX_REMEMBERED = 65_536;

  private final Set<Bytes> used = new LinkedHashSet<>();

  boolean contains(Bytes token) {
    return used.contains(token);
  }

  void measure(Footprint out) {
    out.holds("used tokens", used.size(), MAX_REMEMBERED);
  }

  /** A connection is opened with the token, one of ours, which is copied. */
  void add(Bytes token) {
    if (used.size() == MAX_REMEMBERED) {
      used.remove(used.iterator().next());
    }
    used.add(Bytes.of(token.toArray()));
  }
}
