package dev.sluice.quic.path;

import dev.sluice.quic.path.PathValidation.Answer;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The paths of one connection: the one in use, and those that are being probed or were in use
 * before (RFC 9000 §9). Knows which path is what; {@code connection.Migration} decides when to
 * move.
 */
public final class Paths {

  /**
   * Paths kept beside the active one. A peer that moves needs one, its NAT may need another, and
   * the last validated one is needed to return to; an attacker that replays packets from many
   * addresses gets no more state than this.
   */
  private static final int MAX_OTHERS = 3;

  /** How long a path that was left is kept for what is still under way on it, in PTOs. */
  private static final int KEEP_PTOS = 3;

  /**
   * Anybody on the way can make copies of packets come from any address (§9.3.3), but nobody
   * answers from there: what was answered is worth more than what was only seen, and after that
   * where the connection is to move. Of equals, the peer is least likely where it was heard longest
   * ago.
   */
  private static final Comparator<Path> LEAST_WORTH =
      Comparator.comparing(Path::isValidated)
          .thenComparing(Path::isWanted)
          .thenComparing(Path::lastHeard);

  private final boolean client;
  private final Supplier<PathRecovery> recoveries;
  private final Consumer<PathRecovery> forgotten;
  private final RemoteConnectionIds ids;
  private final List<Path> others = new ArrayList<>();
  private final Path first;
  private Path active;

  /** Where to return to when the active path turns out not to work; null when there is none. */
  private Path lastValidated;

  /**
   * @param first the path of the handshake
   * @param ids the peer's connection IDs, of which each path takes one
   * @param recoveries makes what a path needs to know of its capacity and delay
   * @param forgotten told of those that no path needs any more
   */
  public Paths(
      boolean client,
      Path first,
      RemoteConnectionIds ids,
      Supplier<PathRecovery> recoveries,
      Consumer<PathRecovery> forgotten) {
    this.client = client;
    this.first = first;
    this.active = first;
    this.ids = ids;
    this.recoveries = recoveries;
    this.forgotten = forgotten;
    first.destination(ids.first());
  }

  /** The path for everything but probes. */
  public Path active() {
    return active;
  }

  /**
   * Whether the last 16 bytes of a datagram are the peer's reset token. Only that of the active
   * path's ID counts: tokens of unused and of retired IDs must not be looked for (§10.3.1).
   */
  public boolean isResetToken(byte[] buffer, int offset) {
    return active.destination() != null && active.destination().isResetToken(buffer, offset);
  }

  /** Paths beside the active one that may have frames to send. */
  public List<Path> others() {
    return others;
  }

  /**
   * Whether there is a path with these addresses. One of no local address in particular is not at
   * this one.
   *
   * @param remote null for any
   */
  public boolean contains(InetSocketAddress local, InetSocketAddress remote) {
    return isAt(active, local, remote)
        || others.stream().anyMatch(path -> isAt(path, local, remote));
  }

  private static boolean isAt(Path path, InetSocketAddress local, InetSocketAddress remote) {
    return path.local() != null && path.matches(local, remote == null ? path.remote() : remote);
  }

  /** Whether the path with this {@link Path#id} is the active one or kept beside it. */
  public boolean isKept(int id) {
    return active.id() == id || others.stream().anyMatch(path -> path.id() == id);
  }

  /** Whether this is the path that the handshake began on. */
  public boolean isFirst(Path path) {
    return path == first;
  }

  /**
   * The path that a datagram came on. One that is not known yet is not kept before {@link #keep}
   * says that a packet on it was authentic.
   *
   * @return null when a client gets it from an address that is not its server's (§9)
   */
  public Path of(InetSocketAddress local, InetSocketAddress remote) {
    if (others.isEmpty() ? active.matches(local, remote) : active.matchesExactly(local, remote)) {
      return active;
    }
    for (Path path : others) {
      if (path.matchesExactly(local, remote)) {
        return path;
      }
    }
    if (active.matches(local, remote)) {
      return active;
    }
    for (Path path : others) {
      if (path.matches(local, remote)) {
        return path;
      }
    }
    if (client) {
      // A server stays at its first address until it has validated a path from the one that it
      // prefers, however long that takes (§9.6.2); and it returns to an address that we have left
      // when it hears no answer from where we are (§9.3.2).
      return remote.equals(first.remote()) || remote.equals(active.remote()) ? first : null;
    }
    return new Path(local, remote, false, recoveries.get());
  }

  /** The path with the same addresses, if there is one that is kept; else this. */
  public Path known(Path path) {
    if (path.matchesExactly(active.local(), active.remote())) {
      return active;
    }
    for (Path other : others) {
      if (path.matchesExactly(other.local(), other.remote())) {
        return other;
      }
    }
    return path;
  }

  /**
   * An authentic packet came on this path.
   *
   * @param addressedBy the ID that it was sent to
   * @param mayMove whether the peer may have moved on purpose: not before the handshake is
   *     confirmed (§9). A client that is elsewhere then may use another ID all the same, since it
   *     has just learned the server's, but has none to spare for us
   * @return whether the path is new
   */
  public boolean keep(Path path, ConnectionId addressedBy, boolean mayMove, long now) {
    boolean known = path == active || others.contains(path);
    path.heard(addressedBy, now);
    if (known) {
      if (path.destination() == null) {
        // None was to be had before; by another ID the peer may turn out not to have moved.
        path.destination(destinationFor(path, addressedBy, mayMove));
        useOfActive();
      }
      return false;
    }
    // It may be the ID of the path that has to go.
    path.destination(destinationFor(path, addressedBy, mayMove));
    makeRoom();
    others.add(path);
    return true;
  }

  /**
   * Who addresses us by the same ID from elsewhere did not mean to move, and gets the same ID back;
   * all others get a new one, lest the two paths be linked (§9.5). During the handshake the same
   * client has two names for us, the one that it made up and ours, and has given us but one ID. No
   * ID serves two of our own addresses.
   */
  private RemoteId destinationFor(Path path, ConnectionId addressedBy, boolean mayMove) {
    for (int i = -1; i < others.size(); i++) {
      Path known = i < 0 ? active : others.get(i);
      if (known.sharesLocalWith(path)
          && (!mayMove || known.isAddressedBy(addressedBy))
          && known.destination() != null) {
        known.destination().use();
        return known.destination();
      }
    }
    return ids.take();
  }

  /** Never forgets where to return to. */
  private void makeRoom() {
    while (others.size() >= MAX_OTHERS) {
      forget(others.stream().filter(p -> p != lastValidated).min(LEAST_WORTH).orElseThrow());
    }
  }

  /**
   * Client: a path of this side's choice, with a connection ID of its own.
   *
   * @return null when the peer has given no ID to use on it
   */
  public Path add(InetSocketAddress local, InetSocketAddress remote) {
    RemoteId destination = ids.take();
    if (destination == null) {
      return null;
    }
    makeRoom();
    // The server's address is known to be willing, or one that the server named itself; how much is
    // sent there is bounded by the challenges of one validation (§9.2, §21.5.3).
    Path path = new Path(local, remote, true, recoveries.get());
    path.destination(destination);
    others.add(path);
    return path;
  }

  /** Lets go of a path that is not in use, and of its connection ID. */
  public void forget(Path path) {
    others.remove(path);
    path.validation().abandon();
    if (lastValidated == path) {
      lastValidated = null;
    }
    if (path.destination() != null) {
      ids.release(path.destination());
      path.destination(null);
    }
    if (!sharesRecovery(path)) {
      forgotten.accept(path.recovery());
    }
  }

  /** Whether a NAT gave it another address, under which it is kept. */
  private boolean sharesRecovery(Path path) {
    return active.recovery() == path.recovery()
        || others.stream().anyMatch(other -> other.recovery() == path.recovery());
  }

  /** The connection is to move to this path as soon as it is validated. */
  public void moveWhenValidated(Path path) {
    path.wanted(true);
  }

  /** Whether the connection is to move to this path. */
  public boolean isWanted(Path path) {
    return path.isWanted();
  }

  /** A path that the connection is to move to and that works; null for none. */
  public Path wantedAndAnswered() {
    return others.stream().filter(p -> p.isWanted() && p.hasAnswered()).findFirst().orElse(null);
  }

  /** Paths that the connection is to move to, of which nothing is known and nobody asks. */
  public List<Path> wantedAndInDoubt() {
    return others.stream().filter(p -> p.isWanted() && p.isInDoubt()).toList();
  }

  /**
   * The connection stays where it is, or moves elsewhere.
   *
   * @return the paths that it was to move to
   */
  public List<Path> unwant() {
    if (others.isEmpty()) {
      return List.of();
    }
    List<Path> wanted = others.stream().filter(Path::isWanted).toList();
    wanted.forEach(path -> path.wanted(false));
    return wanted;
  }

  /** The answer of this path makes no difference any more (§9.3). */
  public void abandonValidation(Path path) {
    path.validation().abandon();
  }

  /**
   * The validation of a path that is not in use has failed. It is forgotten, unless it is the path
   * to return to, should the active one fail too; or unless its peer may be there all the same, and
   * only questions and answers got lost. To forget that one would cost the peer another ID each
   * time, of which it could not know that it has to replace it.
   */
  public void onProbeFailed(Path path) {
    if (path != lastValidated && path != active && (client || path.isValidated())) {
      forget(path);
    }
  }

  /**
   * Everything but probes goes on this path from now on.
   *
   * @param pto of the path that is left, in nanoseconds
   */
  public void activate(Path path, long pto, long now) {
    Path before = active;
    if (before.works()) {
      lastValidated = before;
    }
    if (path.sharesHostWith(before)) {
      path.continueFrom(before);
    }
    others.remove(path);
    others.add(before);
    active = path;
    path.wanted(false);
    path.keptUntil(Long.MAX_VALUE);
    if (path.destination() == null) {
      path.destination(ids.take());
    }
    useOfActive();
    if (path.works()) {
      path.validation().abandon(); // it need not be asked again (§9.3)
      onActiveValidated(pto, now);
    }
  }

  /** There is no need to return any more: other paths stay for what is still under way on them. */
  private void onActiveValidated(long pto, long now) {
    lastValidated = active;
    for (Path other : others) {
      if (!other.isWanted() && other.keptUntil() == Long.MAX_VALUE) {
        other.keptUntil(now + KEEP_PTOS * pto);
      }
    }
  }

  /**
   * The active path does not work.
   *
   * @return the last one that did, which is the active path now; null when there is none
   */
  public Path fallBack(long pto, long now) {
    Path back = lastValidated == active ? null : lastValidated;
    if (back != null) {
      Path failed = active;
      activate(back, pto, now);
      if (failed.isValidated()) {
        forget(failed);
      } else {
        failed.keptUntil(Long.MAX_VALUE); // with its ID, should the peer be there after all
        failed.wanted(true);
      }
    }
    return back;
  }

  /**
   * The peer has issued or revoked connection IDs: who has none, or one that must not be used,
   * takes another. Paths that are only kept for what may still come wait until they have something
   * to say: IDs are few, and the peer may be elsewhere by then.
   */
  public void renewDestinations() {
    renew(active);
    for (Path other : others) {
      renew(other);
    }
  }

  private void renew(Path path) {
    RemoteId present = path.destination();
    if (present != null && !ids.isRevoked(present)) {
      return;
    }
    RemoteId next = speaks(path) ? ids.take() : null;
    if (next == null && path == active) {
      return; // a frame that came before may leave it no other: then it keeps its own so long
    }
    path.destination(next);
    if (present != null) {
      ids.release(present);
    }
    useOfActive();
  }

  /** The active path may have another ID now, and with it comes another reset token. */
  private void useOfActive() {
    if (active.destination() != null) {
      ids.use(active.destination());
    }
  }

  private boolean speaks(Path path) {
    return path == active
        || path == lastValidated
        || path.isWanted()
        || path.hasPending()
        || path.validation().isUnderway();
  }

  /**
   * PATH_RESPONSE (§8.2.3), on whatever path it came.
   *
   * @param pto of the path in use, in nanoseconds
   * @return the path that is validated by it; null when it answers nothing, or not all yet
   */
  public Path onResponse(long data, long pto, long now) {
    for (int i = -1; i < others.size(); i++) {
      Path path = i < 0 ? active : others.get(i);
      Answer answer = path.validation().onResponse(data, now);
      if (answer != Answer.UNKNOWN) {
        path.amplification().validate();
      }
      if (answer == Answer.PATH) {
        if (path == active) {
          onActiveValidated(pto, now);
        } else if (!active.works()) {
          returnTo(path, pto, now);
        } else if (path != lastValidated && !path.isWanted()) {
          path.keptUntil(now + KEEP_PTOS * pto);
        }
        return path;
      }
    }
    return null;
  }

  /**
   * Should the active path not work, this one does: it has just answered, and what was validated
   * before it may be gone by now (§9.3.2).
   */
  private void returnTo(Path path, long pto, long now) {
    if (lastValidated != null && lastValidated != path && lastValidated != active) {
      lastValidated.keptUntil(now + KEEP_PTOS * pto);
    }
    path.keptUntil(Long.MAX_VALUE);
    lastValidated = path;
  }

  /** A packet with a PATH_CHALLENGE was lost. */
  public void onChallengeLost(long data) {
    active.validation().onLost(data);
    others.forEach(path -> path.validation().onLost(data));
  }

  /** When a challenge is to be repeated or given up, or a path to be forgotten. */
  public long deadline() {
    long deadline = active.validation().deadline();
    for (int i = 0; i < others.size(); i++) {
      Path path = others.get(i);
      deadline = Math.min(deadline, Math.min(path.keptUntil(), path.validation().deadline()));
    }
    return deadline;
  }

  /**
   * Time has passed. Paths whose time is over are forgotten.
   *
   * @return paths whose validation has just failed; usually none
   */
  public List<Path> onDeadline(long now) {
    if (now < deadline()) {
      return List.of();
    }
    List<Path> failed = new ArrayList<>();
    onDeadline(active, now, failed);
    for (Path path : List.copyOf(others)) {
      onDeadline(path, now, failed);
      if (now >= path.keptUntil()) {
        forget(path);
      }
    }
    return failed;
  }

  /** How many paths there are, and what waits on each. */
  public void measure(Footprint out) {
    out.holds("paths beside the one in use", others.size(), MAX_OTHERS);
    active.measure(out);
    others.forEach(path -> path.measure(out));
  }

  private static void onDeadline(Path path, long now, List<Path> failed) {
    boolean underway = path.validation().isUnderway();
    path.validation().onDeadline(now);
    if (underway && !path.validation().isUnderway()) {
      failed.add(path);
    }
  }
}
