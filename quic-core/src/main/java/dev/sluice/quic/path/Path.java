package dev.sluice.quic.path;

import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * One pair of addresses that a connection uses, and what is known of it: whether the peer is really
 * there (RFC 9000 §8), the challenges that find out (§8.2), the connection ID that is sent with on
 * it (§9.5), and what it carries.
 */
public final class Path {

  /**
   * Responses that may wait. An honest peer has one challenge under way for each probe; what a
   * flood adds beyond this is dropped, oldest first, as the newest is the one still awaited.
   */
  private static final int MAX_RESPONSES = 4;

  /** What a datagram that probes a path is expanded to (§8.2.1). */
  private static final int EXPANDED = 1200;

  /** PATH_CHALLENGE and PATH_RESPONSE: a type and eight bytes (§19.17, §19.18). */
  private static final int FRAME_LENGTH = 9;

  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final AmplificationLimit amplification;
  private final PathValidation validation = new PathValidation();
  private final Deque<Long> responses = new ArrayDeque<>();
  private final int id;
  private PathRecovery recovery;
  private RemoteId destination;
  private ConnectionId addressedBy;
  private ConnectionId addressedByBefore;
  private boolean wanted;

  /** When the peer was heard last here; MIN_VALUE before it was. */
  private long lastHeard = Long.MIN_VALUE;

  private long keptUntil = Long.MAX_VALUE;

  /**
   * @param local null where the socket's own address is meant
   * @param validated whether the peer's address needs no proof
   * @param recovery what is known of its capacity and delay
   */
  public Path(
      InetSocketAddress local, InetSocketAddress remote, boolean validated, PathRecovery recovery) {
    this.local = local;
    this.remote = remote;
    this.amplification = new AmplificationLimit(validated);
    this.recovery = recovery;
    this.id = recovery.number();
  }

  /** Tells the paths of a connection apart: 0 for the first, which is never used for another. */
  public int id() {
    return id;
  }

  /** This side's address; null where the socket's own is meant. */
  public InetSocketAddress local() {
    return local;
  }

  /** The peer's address. */
  public InetSocketAddress remote() {
    return remote;
  }

  /** The limit on what may be sent to an address that is not validated. */
  public AmplificationLimit amplification() {
    return amplification;
  }

  /** Congestion window, round-trip time and datagram size of this path. */
  public PathRecovery recovery() {
    return recovery;
  }

  /**
   * The peer's connection ID that packets on this path carry; null while there is none to spare.
   */
  public RemoteId destination() {
    return destination;
  }

  void destination(RemoteId id) {
    destination = id;
  }

  /** An authentic packet came on this path, sent to this ID. */
  void heard(ConnectionId id, long now) {
    lastHeard = now;
    if (!id.equals(addressedBy)) {
      addressedByBefore = addressedBy;
      addressedBy = id;
    }
  }

  /** Whether the peer addresses this side on this path by this ID, or did before the present. */
  boolean isAddressedBy(ConnectionId id) {
    return id.equals(addressedBy) || id.equals(addressedByBefore);
  }

  /** Whether a datagram with these addresses belongs to this path. */
  boolean matches(InetSocketAddress datagramLocal, InetSocketAddress datagramRemote) {
    return remote.equals(datagramRemote) && sameLocal(local, datagramLocal);
  }

  /** As {@link #matches}, and both say at which address of this host. */
  boolean matchesExactly(InetSocketAddress datagramLocal, InetSocketAddress datagramRemote) {
    return remote.equals(datagramRemote) && Objects.equals(local, datagramLocal);
  }

  /** A socket that is bound to no address in particular is every address with its port. */
  private static boolean sameLocal(InetSocketAddress one, InetSocketAddress other) {
    if (one == null || other == null || one.equals(other)) {
      return true;
    }
    boolean any = one.getAddress().isAnyLocalAddress() || other.getAddress().isAnyLocalAddress();
    return any && one.getPort() == other.getPort();
  }

  /** Whether both paths begin at the same address of this host. */
  public boolean sharesLocalWith(Path other) {
    return local == null || other.local == null
        ? local == other.local
        : sameLocal(local, other.local);
  }

  /** Whether only the port differs, as after a NAT forgot its binding (§9.4). */
  boolean sharesHostWith(Path other) {
    return Objects.equals(remote.getAddress(), other.remote.getAddress()) && sharesLocalWith(other);
  }

  /**
   * A NAT gave the peer another port: the packets go the way that they went before, and what is
   * known of it still holds (§9.4).
   */
  void continueFrom(Path before) {
    recovery = before.recovery;
  }

  // ---- validation

  /** Whether the peer is known to be at its address: by an answer, or by the handshake. */
  public boolean isValidated() {
    return amplification.isValidated();
  }

  /** Whether the peer is not known to be at its address, and is not being asked either. */
  public boolean isInDoubt() {
    return !isValidated() && !validation.isUnderway();
  }

  /** Whether a challenge has been answered, and the path carries full datagrams. */
  public boolean hasAnswered() {
    return validation.hasSucceeded();
  }

  /** Whether the peer is there, and nothing says that full datagrams do not reach it. */
  public boolean works() {
    return isValidated() && !validation.isSizeInQuestion();
  }

  /** The connection is to move here once the path is validated. */
  boolean isWanted() {
    return wanted;
  }

  void wanted(boolean yes) {
    wanted = yes;
  }

  /** When the peer was heard last on this path. */
  long lastHeard() {
    return lastHeard;
  }

  PathValidation validation() {
    return validation;
  }

  /**
   * Asks the peer to show that it is there. The timeout is that of §8.2.4: three times the larger
   * of the present PTO and the one that this path begins with.
   *
   * @param pto of the path in use, in nanoseconds
   */
  public void validate(long pto, long now) {
    validation.start(Math.max(pto, recovery.probeTimeout()), now);
  }

  /** PATH_CHALLENGE from the peer: its data goes back on this path (§8.2.2). */
  public void onChallenge(long data) {
    if (responses.size() == MAX_RESPONSES) {
      responses.poll();
    }
    responses.add(data);
  }

  /** When a path that is not in use is forgotten; {@link Long#MAX_VALUE} for not at all. */
  long keptUntil() {
    return keptUntil;
  }

  void keptUntil(long time) {
    keptUntil = time;
  }

  /** Whether a challenge or a response waits to be sent on this path. */
  public boolean hasPending() {
    return validation.isDue() || !responses.isEmpty();
  }

  /**
   * Writes waiting frames.
   *
   * @param challengeData eight random bytes for a challenge, should one be due
   * @return whether any was written; then the datagram is to be expanded to 1200 bytes as far as
   *     the anti-amplification limit lets (§8.2.1, §8.2.2)
   */
  public boolean write(PacketContents out, long challengeData, long now) {
    boolean any = false;
    while (!responses.isEmpty() && out.remaining() >= FRAME_LENGTH) {
      long data = responses.poll();
      // Never retransmitted: the peer asks again when it still wants to know (§13.3).
      out.add(new PathResponseFrame(data), null);
      any = true;
    }
    if (validation.isDue() && out.remaining() >= FRAME_LENGTH) {
      validation.onSent(challengeData, amplification.allowance() >= EXPANDED, now);
      out.add(
          new PathChallengeFrame(challengeData), new RecoveryToken.PathChallenge(challengeData));
      any = true;
    }
    return any;
  }

  void measure(Footprint out) {
    out.holds("answers to challenges", responses.size(), MAX_RESPONSES);
    validation.measure(out);
  }

  @Override
  public String toString() {
    return local + " to " + remote + (isValidated() ? "" : ", not validated");
  }
}
