package dev.sluice.quic.recovery;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.FrameTypes;

/**
 * What {@link Recovery} knows of one packet number space: the variables of RFC 9002 §A.3 that exist
 * once for each space, and how an ACK frame and the passing of time change them.
 */
final class SpaceRecovery {
  /** No time: for timers that are not set. */
  static final long NEVER = Long.MAX_VALUE;

  /** Hears of each packet whose fate becomes known, while its details can still be read. */
  interface PacketListener {
    void onAcked(SpaceRecovery space, long packetNumber, boolean wasLost);

    /**
     * @param late whether it is for the time that has passed, and not for later packets
     */
    void onLost(SpaceRecovery space, long packetNumber, boolean late);
  }

  final PacketNumberSpace id;
  final SentPackets sent = new SentPackets();
  final EcnFeedback ecn = new EcnFeedback();

  /**
   * Null where every number is used: only 1-RTT packets are worth an optimistic attacker's while.
   */
  private final SkippedNumbers skipped;

  long next;
  long largestAcked = -1;

  /** When the next packet is given up. */
  long lossTime = NEVER;

  /** Whether that is for a time threshold of the path in use: then there is no PTO (§6.2.1). */
  boolean thresholdRuns;

  long lastAckElicitingSentTime;
  PathRecovery lastAckElicitingPath;
  int ackElicitingInFlight;
  int probesPending;

  /** Outstanding packets below this one are all of the same path. */
  private long onePathBelow;

  /** What packets below this one carried has gone into probes since. */
  long probedBelow;

  boolean discarded;

  SpaceRecovery(PacketNumberSpace id, SkippedNumbers skipped) {
    this.id = id;
    this.skipped = skipped;
  }

  void onSent(PathRecovery path, long packetNumber, int bytes, PacketContents contents, long now) {
    if (packetNumber != next) {
      throw new IllegalArgumentException(packetNumber + " is not the next packet number " + next);
    }
    sent.add(packetNumber, path, bytes, contents, now);
    path.in(id).onSent(packetNumber);
    next = skipped == null ? packetNumber + 1 : skipped.after(packetNumber);
    if (contents.isMarked()) {
      ecn.onSent();
      path.ecn().onSent();
    }
    if (contents.isAckEliciting()) {
      lastAckElicitingSentTime = now;
      lastAckElicitingPath = path;
      ackElicitingInFlight++;
      probesPending = Math.max(0, probesPending - 1);
    }
  }

  /**
   * Refuses acknowledgments of packets that do not exist (RFC 9000 §13.1, §21.4).
   *
   * @throws TransportException PROTOCOL_VIOLATION
   */
  void checkSent(AckFrame ack) {
    long impossible = ack.largestAcknowledged() >= sent.end() ? ack.largestAcknowledged() : -1;
    if (impossible < 0 && skipped != null) {
      impossible = skipped.acknowledged(ack.ranges());
    }
    if (impossible >= 0) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          ack.ecn() == null ? FrameTypes.ACK : FrameTypes.ACK_ECN,
          "ACK of packet " + impossible + ", which was never sent in the " + id + " space");
    }
  }

  /**
   * Reports all packets in the ranges that are not known to be acknowledged yet, and marks them.
   * Costs as much as there are ranges and newly acknowledged packets.
   *
   * @return whether there was one
   */
  boolean acknowledge(AckRanges ranges, PacketListener listener) {
    largestAcked = Math.max(largestAcked, ranges.largest());
    boolean any = false;
    for (int i = 0; i < ranges.count() && ranges.largest(i) >= sent.first(); i++) {
      long last = ranges.largest(i);
      long packet = sent.nextOpen(ranges.smallest(i), last);
      while (packet >= 0) {
        any = true;
        boolean wasLost = sent.state(packet) == SentPackets.LOST;
        if (!wasLost && sent.isAckEliciting(packet)) {
          ackElicitingInFlight--;
        }
        listener.onAcked(this, packet, wasLost);
        sent.markAcked(packet);
        packet = sent.nextOpen(packet + 1, last);
      }
    }
    return any;
  }

  /**
   * Declares packets lost that were sent well before an acknowledged one, by number or by time, and
   * notes when the next one would be due (RFC 9002 §6.1, §A.10). Where a later packet of the same
   * path was acknowledged, the thresholds of that path decide. Where it was one of another path,
   * this one is merely silent, and has as long as a probe timeout gives it.
   *
   * @param inUse the path for which there are probe timeouts
   * @return how many packets it looked at. Each ACK frame asks anew, so what is silent on a path
   *     that was left, a whole window perhaps, must not be gone through each time
   */
  int detectLosses(PathRecovery inUse, long peerMaxAckDelay, PacketListener listener, long now) {
    lossTime = NEVER;
    thresholdRuns = false;
    int looked = 0;
    PathRecovery first = null;
    long firstElsewhere = -1;
    long packet = sent.firstOutstanding();
    while (packet >= 0 && packet < largestAcked) {
      looked++;
      PathRecovery on = sent.path(packet);
      boolean passed = on.in(id).isPassed(packet);
      boolean overtaken = passed && on.in(id).isOvertaken(packet, sent);
      long delay = passed ? on.rtt().lossDelay() : on.probeTimeout() + peerMaxAckDelay;
      long due = sent.sentTime(packet) + delay;
      long next = packet + 1;
      if (overtaken || due <= now) {
        declareLost(packet, !overtaken, listener, now);
      } else {
        lossTime = Math.min(lossTime, due);
        thresholdRuns |= passed && on == inUse;
        if (first == null) {
          first = on;
          // Those behind it on its path left later, and have as long.
          next = passed ? next : Math.max(next, onePathBelow);
        } else if (on != first && firstElsewhere < 0) {
          firstElsewhere = packet;
        }
      }
      packet = sent.nextOutstanding(next);
    }
    onePathBelow = firstElsewhere < 0 ? largestAcked : firstElsewhere;
    return looked;
  }

  /**
   * The outstanding packet whose contents a probe repeats next: those that went out longest ago
   * (RFC 9002 §6.2.4 leaves the choice). What a probe has carried stands in the probe's own packet.
   */
  long nextToProbe() {
    long packet = sent.nextOutstanding(probedBelow);
    while (packet >= 0 && !isWorthRepeating(packet)) {
      packet = sent.nextOutstanding(packet + 1);
    }
    return packet < 0 ? sent.firstOutstanding() : packet;
  }

  /** What asks about another path, or for a larger datagram, says nothing to a silent peer. */
  boolean isWorthRepeating(long packet) {
    return sent.isAckEliciting(packet) && !sent.isProbe(packet);
  }

  /** An outstanding packet has not arrived, or not even left. */
  void declareLost(long packet, boolean late, PacketListener listener, long now) {
    sent.markLost(packet, now);
    if (sent.isAckEliciting(packet)) {
      ackElicitingInFlight--;
    }
    listener.onLost(this, packet, late);
  }

  /** Gives back what is under way on a path, without blame, and remembers nothing of it. */
  void leave(PathRecovery path, TokenListener listener) {
    long last = path.in(id).lastSent();
    long packet = sent.nextOpen(path.in(id).firstSent(), last);
    while (packet >= 0) {
      if (sent.path(packet) == path) {
        if (sent.state(packet) == SentPackets.OUTSTANDING) {
          removeFromFlight(packet);
          deliverLost(packet, listener);
        }
        sent.drop(packet);
      }
      packet = sent.nextOpen(packet + 1, last);
    }
  }

  /** An outstanding packet is under way no more, without a verdict. */
  void removeFromFlight(long packet) {
    if (sent.isAckEliciting(packet)) {
      ackElicitingInFlight--;
    }
    if (sent.isInFlight(packet)) {
      sent.path(packet).onForgotten(sent.size(packet), sent.isAckEliciting(packet));
    }
  }

  /** Forgets all packets; the numbers go on (RFC 9000 §17.2.5.3). */
  void clear() {
    sent.clear();
    lossTime = NEVER;
    thresholdRuns = false;
    ackElicitingInFlight = 0;
    probesPending = 0;
  }

  /**
   * Calls back for each token of a packet.
   *
   * @param streams takes what the packet carried of streams
   */
  void deliverAcked(long packetNumber, TokenListener listener, AckedStreams streams) {
    long streamsEnd = sent.streamsEnd(packetNumber);
    for (long at = sent.streamsFrom(packetNumber); at < streamsEnd; at++) {
      streams.add(sent.streams(), at);
    }
    switch (sent.token(packetNumber)) {
      case null -> {}
      case RecoveryToken token -> listener.onAcked(id, token);
      case RecoveryToken[] tokens -> {
        for (RecoveryToken token : tokens) {
          listener.onAcked(id, token);
        }
      }
      default -> throw new IllegalStateException();
    }
  }

  /** Calls back for each token of a packet. */
  void deliverLost(long packetNumber, TokenListener listener) {
    StreamRanges streams = sent.streams();
    long streamsEnd = sent.streamsEnd(packetNumber);
    for (long at = sent.streamsFrom(packetNumber); at < streamsEnd; at++) {
      listener.onStreamLost(
          streams.streamId(at), streams.offset(at), streams.length(at), streams.fin(at));
    }
    switch (sent.token(packetNumber)) {
      case null -> {}
      case RecoveryToken token -> listener.onLost(id, token);
      case RecoveryToken[] tokens -> {
        for (RecoveryToken token : tokens) {
          listener.onLost(id, token);
        }
      }
      default -> throw new IllegalStateException();
    }
  }
}
