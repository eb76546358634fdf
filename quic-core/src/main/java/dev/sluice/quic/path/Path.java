package dev.sluice.quic.path;

import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.recovery.RecoveryToken;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * One pair of addresses that a connection uses, and what is known of it: whether the peer is really
 * there (RFC 9000 §8), and the challenges that find out (§8.2).
 */
public final class Path {

  /**
   * Responses that may wait. An honest peer has one challenge under way for each probe; what a
   * flood adds beyond this is dropped, oldest first, as the newest is the one still awaited.
   */
  private static final int MAX_RESPONSES = 4;

  /** How often one question is asked; an address that stays silent after that is not there. */
  private static final int MAX_ATTEMPTS = 3;

  /** PATH_CHALLENGE and PATH_RESPONSE: a type and eight bytes (§19.17, §19.18). */
  private static final int FRAME_LENGTH = 9;

  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final AmplificationLimit amplification;
  private PathRecovery recovery;
  private final Deque<Long> responses = new ArrayDeque<>();
  private final Deque<Long> outstanding = new ArrayDeque<>();
  private boolean challengeWanted;
  private int attempts;

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
   * A NAT gave the peer another port: the packets go the way that they went before, and what is
   * known of it still holds (§9.4).
   */
  public void continueFrom(Path before) {
    recovery = before.recovery;
  }

  /** Whether a datagram with these addresses belongs to this path. */
  public boolean matches(InetSocketAddress datagramLocal, InetSocketAddress datagramRemote) {
    return remote.equals(datagramRemote)
        && (local == null || datagramLocal == null || local.equals(datagramLocal));
  }

  /** Whether only the port differs, as after a NAT forgot its binding (§9.4). */
  public boolean sharesHostWith(Path other) {
    return Objects.equals(remote.getAddress(), other.remote.getAddress());
  }

  /** A PATH_CHALLENGE is to be sent, and a few more times should it be lost. */
  public void challenge() {
    challengeWanted = true;
    attempts = 0;
  }

  /** PATH_CHALLENGE from the peer: its data goes back on this path (§8.2.2). */
  public void onChallenge(long data) {
    if (responses.size() == MAX_RESPONSES) {
      responses.poll();
    }
    responses.add(data);
  }

  /**
   * PATH_RESPONSE from the peer, on whatever path it came.
   *
   * @return whether it answers a challenge that was sent on this path, which is now validated
   */
  public boolean onResponse(long data) {
    if (!outstanding.contains(data)) {
      return false;
    }
    outstanding.clear();
    challengeWanted = false;
    amplification.validate();
    return true;
  }

  /** Whether a challenge or a response waits to be sent on this path. */
  public boolean hasPending() {
    return challengeWanted || !responses.isEmpty();
  }

  /**
   * Writes waiting frames.
   *
   * @param challengeData eight random bytes for a challenge, should one be due
   */
  public void write(PacketContents out, long challengeData) {
    while (!responses.isEmpty() && out.remaining() >= FRAME_LENGTH) {
      long data = responses.poll();
      // Never retransmitted: the peer asks again when it still wants to know (§13.3).
      out.add(new PathResponseFrame(data), null);
    }
    if (challengeWanted && out.remaining() >= FRAME_LENGTH) {
      challengeWanted = false;
      attempts++;
      if (outstanding.size() == MAX_RESPONSES) {
        outstanding.poll();
      }
      outstanding.add(challengeData);
      out.add(
          new PathChallengeFrame(challengeData), new RecoveryToken.PathChallenge(challengeData));
    }
  }

  /** The packet with this challenge was lost; asks again while the answer is still wanted. */
  public void onLost(long challengeData) {
    if (outstanding.contains(challengeData) && attempts < MAX_ATTEMPTS) {
      challengeWanted = true;
    }
  }
}
