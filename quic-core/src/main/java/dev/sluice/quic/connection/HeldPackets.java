package dev.sluice.quic.connection;

import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.Footprint;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Packets that came before the keys to open them, as happens when the network reorders the
 * handshake (RFC 9001 §5.7). They are opened once the keys are there.
 */
final class HeldPackets {

  /**
   * A few more than an initial window of packets. They are not authenticated, so that their number
   * has to be small: what does not fit is sent again by the peer.
   */
  private static final int MAX_PACKETS = 16;

  /** One packet, copied out of its datagram. */
  record Held(byte[] packet, Path path, int ecn) {}

  private final Deque<Held> held = new ArrayDeque<>();

  void add(byte[] buffer, int start, int end, Path path, int ecn) {
    if (held.size() < MAX_PACKETS) {
      held.add(new Held(Arrays.copyOfRange(buffer, start, end), path, ecn));
    }
  }

  void measure(Footprint out) {
    out.holds("packets that wait for keys", held.size(), MAX_PACKETS);
  }

  /** Takes all of them out. */
  Deque<Held> takeAll() {
    Deque<Held> taken = new ArrayDeque<>(held);
    held.clear();
    return taken;
  }
}
