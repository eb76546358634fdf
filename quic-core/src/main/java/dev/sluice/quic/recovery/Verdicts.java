package dev.sluice.quic.recovery;

import dev.sluice.quic.frame.EcnCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes together what one ACK frame, or one expiry of the timer, says of packets: their tokens go
 * back to the owners of what they carried, and each path gets its share when all is known.
 */
final class Verdicts implements SpaceRecovery.PacketListener {
  private static final long NO_SAMPLE = -1;

  private final TokenListener tokens;
  private final AckedStreams ackedStreams;
  private final RecoveryTrace trace;
  private final List<PathRecovery> paths = new ArrayList<>();
  private long packetsLost;

  private long now;
  private long largest;
  private boolean largestIsNew;
  private long largestSentTime;
  private PathRecovery largestPath;
  private boolean ackEliciting;
  private long sample;

  Verdicts(TokenListener tokens, RecoveryTrace trace) {
    this.tokens = tokens;
    this.ackedStreams = new AckedStreams(tokens);
    this.trace = trace;
  }

  /**
   * Another ACK frame, or expiry.
   *
   * @param largestAcknowledged the frame's; -1 for none
   */
  void begin(long largestAcknowledged, long time) {
    now = time;
    largest = largestAcknowledged;
    largestIsNew = false;
    ackEliciting = false;
    sample = NO_SAMPLE;
  }

  @Override
  public void onAcked(SpaceRecovery space, long packet, boolean wasLost) {
    SentPackets sent = space.sent;
    PathRecovery on = concerned(sent.path(packet));
    if (packet == largest) {
      largestIsNew = true;
      largestSentTime = sent.sentTime(packet);
      largestPath = on;
    }
    ackEliciting |= sent.isAckEliciting(packet);
    trace.onAcked(space, packet, now);
    on.onAcked(space, packet, wasLost, now);
    space.deliverAcked(packet, tokens, ackedStreams);
  }

  @Override
  public void onLost(SpaceRecovery space, long packet, boolean late) {
    trace.onLost(space, packet, late, now);
    PathRecovery on = concerned(space.sent.path(packet));
    long before = on.packetsLost();
    on.onLost(space, packet, now);
    packetsLost += on.packetsLost() - before;
    space.deliverLost(packet, tokens);
  }

  private PathRecovery concerned(PathRecovery on) {
    if (on.concern()) {
      paths.add(on);
    }
    return on;
  }

  /**
   * The ACK frame is read to its end; it may give a sample of the round-trip time (RFC 9002 §5.1).
   *
   * @param ackDelay what may be believed of the frame's
   */
  void onAllAcked(SpaceRecovery space, long ackDelay) {
    ackedStreams.flush();
    trace.flushAcked(space, now);
    if (largestIsNew && ackEliciting) {
      sample = Math.max(1, now - largestSentTime);
      largestPath.rtt().update(sample, ackDelay, now);
    }
  }

  /** Whether one of the packets that were newly acknowledged elicits acknowledgments. */
  boolean areAckEliciting() {
    return ackEliciting;
  }

  /**
   * The frame's ECN counts concern the paths whose marked packets it acknowledges.
   *
   * @param inUse the path that is blamed where there are none of those
   */
  void onEcn(SpaceRecovery space, EcnCounts counts, PathRecovery inUse) {
    int marked = 0;
    for (int i = 0; i < paths.size(); i++) {
      marked += paths.get(i).markedNow();
    }
    long ce = space.ecn.onCounts(counts, marked);
    if (ce < 0 && marked == 0) {
      inUse.ecn().onInvalid();
    }
    for (int i = 0; i < paths.size(); i++) {
      PathRecovery on = paths.get(i);
      boolean concerned = marked == 0 || on.markedNow() > 0;
      if (ce >= 0 && concerned) {
        on.onEcn(ce, now);
      } else if (ce < 0 && on.markedNow() > 0) {
        on.ecn().onInvalid();
      }
    }
  }

  /** All packets of the space that are lost have been told: each path draws its conclusions. */
  void end(PacketNumberSpace space, ProbeTimer timer) {
    for (int i = 0; i < paths.size(); i++) {
      PathRecovery on = paths.get(i);
      on.onLossesDetected(space, timer.peerMaxAckDelay(), now);
      on.onAckProcessed(on == largestPath ? sample : NO_SAMPLE, now);
      trace.onUpdated(on, timer.count(), now);
    }
    paths.clear();
  }

  /** Packets declared lost so far, in all spaces and on all paths, probes apart. */
  long packetsLost() {
    return packetsLost;
  }
}
