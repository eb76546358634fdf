package dev.sluice.quic.path;

import dev.sluice.quic.recovery.PathRecovery;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The paths of one connection: the one in use, and those on which the peer is being probed or has
 * been seen before (RFC 9000 §9).
 */
public final class Paths {

  /**
   * Paths kept beside the active one. A peer that moves needs one, and its NAT may need another; an
   * attacker that replays packets from many addresses gets no more state than this.
   */
  private static final int MAX_OTHERS = 3;

  private final boolean client;
  private final Supplier<PathRecovery> recoveries;
  private final List<Path> others = new ArrayList<>();
  private Path active;
  private Path lastValidated;
  private long validationDeadline = Long.MAX_VALUE;

  /**
   * @param first the path of the handshake
   * @param recoveries makes what a path needs to know of its capacity and delay
   */
  public Paths(boolean client, Path first, Supplier<PathRecovery> recoveries) {
    this.client = client;
    this.active = first;
    this.recoveries = recoveries;
    this.lastValidated = first;
  }

  /** The path for everything but probes. */
  public Path active() {
    return active;
  }

  /** Paths beside the active one that may have frames to send. */
  public List<Path> others() {
    return others;
  }

  /**
   * The path that a datagram came on.
   *
   * @return null when a client gets it from an address that is not its server's: no migration of
   *     servers exists but by preferred address (§9)
   */
  public Path of(InetSocketAddress local, InetSocketAddress remote) {
    if (active.matches(local, remote)) {
      return active;
    }
    if (client) {
      return null;
    }
    for (Path path : others) {
      if (path.matches(local, remote)) {
        return path;
      }
    }
    Path seen = new Path(local, remote, false, recoveries.get());
    if (others.size() == MAX_OTHERS) {
      others.remove(others.getFirst() == lastValidated ? 1 : 0);
    }
    others.add(seen);
    return seen;
  }

  /**
   * The peer sent something other than a probe from {@code path}, in its newest packet: it has
   * moved there (§9.3). The new address is challenged before it may be sent much.
   *
   * @param timeoutNanos how long the peer has to answer, three times the PTO (§8.2.4)
   */
  public void migrate(Path path, long now, long timeoutNanos) {
    Path before = active;
    if (before.amplification().isValidated()) {
      lastValidated = before;
      if (!path.amplification().isValidated()) {
        // Tells a peer that was moved by an attacker: it answers from where it really is (§9.3.3).
        before.challenge();
      }
    }
    if (path.sharesHostWith(before)) {
      path.continueFrom(before);
    }
    others.remove(path);
    others.add(before);
    active = path;
    if (!path.amplification().isValidated()) {
      path.challenge();
      validationDeadline = now + timeoutNanos;
    }
  }

  /**
   * PATH_RESPONSE (§8.2.3).
   *
   * @return whether it answers a challenge of this connection; others are ignored
   */
  public boolean onResponse(long data) {
    if (active.onResponse(data)) {
      lastValidated = active;
      validationDeadline = Long.MAX_VALUE;
      return true;
    }
    for (Path path : others) {
      if (path.onResponse(data)) {
        return true;
      }
    }
    return false;
  }

  /** A packet with a PATH_CHALLENGE was lost. */
  public void onChallengeLost(long data) {
    active.onLost(data);
    others.forEach(path -> path.onLost(data));
  }

  /**
   * When the active path has to be validated by; {@link Long#MAX_VALUE} when nothing is awaited.
   */
  public long deadline() {
    return validationDeadline;
  }

  /** The peer did not answer in time: back to the last address that it proved (§9.3.2). */
  public void onDeadline(long now) {
    if (now < validationDeadline) {
      return;
    }
    validationDeadline = Long.MAX_VALUE;
    if (lastValidated != active) {
      others.remove(lastValidated);
      active = lastValidated;
    }
  }
}
