package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A {@link Recovery} with a clock in milliseconds and one-line packets. Each ack-eliciting packet
 * carries a token with its own number, so that what happens to it can be read off the two lists.
 */
final class RecoveryHarness implements TokenListener {
  static final long MS = 1_000_000;
  static final int SIZE = 1200;
  static final PacketNumberSpace INITIAL = PacketNumberSpace.INITIAL;
  static final PacketNumberSpace HANDSHAKE = PacketNumberSpace.HANDSHAKE;
  static final PacketNumberSpace APPLICATION = PacketNumberSpace.APPLICATION;

  final NewReno congestion = new NewReno(SIZE);
  final Recovery recovery;
  final List<Long> acked = new ArrayList<>();
  final List<Long> lost = new ArrayList<>();

  /** Milliseconds; not from 0, since clocks are not. */
  long now = -1_000_000;

  private final PacketContents contents = new PacketContents();

  RecoveryHarness(boolean client) {
    recovery =
        new Recovery(RecoveryConfig.of(client, SIZE, new SplittableRandom(1)), congestion, this);
  }

  /** A harness whose handshake is over, with one RTT sample of so many milliseconds. */
  static RecoveryHarness confirmed(long rtt) {
    RecoveryHarness harness = new RecoveryHarness(true);
    harness.recovery.discard(INITIAL, harness.nanos());
    harness.recovery.discard(HANDSHAKE, harness.nanos());
    harness.recovery.onHandshakeConfirmed();
    long packet = harness.send(APPLICATION);
    harness.now += rtt;
    harness.ack(APPLICATION, packet);
    harness.acked.clear();
    harness.now++;
    return harness;
  }

  long nanos() {
    return now * MS;
  }

  /** Sends an ack-eliciting packet of full size on the path in use. */
  long send(PacketNumberSpace space) {
    return sendOn(recovery.path(), space);
  }

  /** Sends one on whatever path. */
  long sendOn(PathRecovery path, PacketNumberSpace space) {
    long number = recovery.nextPacketNumber(space);
    begin();
    contents.add(new PathChallengeFrame(number), new RecoveryToken.PathChallenge(number));
    recovery.onPacketSent(path, space, number, SIZE, contents, nanos());
    return number;
  }

  /** Asks on whatever path whether the peer is there. */
  long sendProbe(PathRecovery path) {
    long number = recovery.nextPacketNumber(APPLICATION);
    begin();
    contents.add(new PathChallengeFrame(number), new RecoveryToken.PathChallenge(number));
    contents.markProbe();
    recovery.onPacketSent(path, APPLICATION, number, SIZE, contents, nanos());
    return number;
  }

  /** Sends a packet of so many bytes that holds nothing but an ACK frame. */
  long sendAckOnly(PacketNumberSpace space, int size) {
    long number = recovery.nextPacketNumber(space);
    begin();
    contents.add(new AckFrame(0, 0, AckRanges.of(0, 0), null), new RecoveryToken.Ack(number));
    recovery.onPacketSent(recovery.path(), space, number, size, contents, nanos());
    return number;
  }

  /** Sends a packet of nothing but PADDING: in flight, but eliciting nothing. */
  long sendPadding(PacketNumberSpace space, int size) {
    long number = recovery.nextPacketNumber(space);
    begin();
    contents.add(new PaddingFrame(10), null);
    recovery.onPacketSent(recovery.path(), space, number, size, contents, nanos());
    return number;
  }

  private void begin() {
    contents.begin(new WireWriter(new byte[SIZE], 0, SIZE));
  }

  void ack(PacketNumberSpace space, long packet) {
    ackRange(space, packet, packet, 0);
  }

  void ackRange(PacketNumberSpace space, long smallest, long largest, long delayMillis) {
    recovery.onAck(space, frame(smallest, largest), delayMillis * MS, nanos());
  }

  static AckFrame frame(long smallest, long largest) {
    return new AckFrame(largest, 0, AckRanges.of(smallest, largest), null);
  }

  /** The deadline in milliseconds from now; -1 when there is none. */
  long deadline() {
    long at = recovery.deadline();
    return at == Long.MAX_VALUE ? -1 : Math.ceilDiv(at - nanos(), MS);
  }

  @Override
  public void onAcked(PacketNumberSpace space, RecoveryToken token) {
    note(acked, token);
  }

  @Override
  public void onStreamAcked(long streamId, long offset, long length, boolean fin) {
    throw new AssertionError("no packet has data of streams");
  }

  @Override
  public void onStreamLost(long streamId, long offset, int length, boolean fin) {
    throw new AssertionError("no packet has data of streams");
  }

  @Override
  public void onLost(PacketNumberSpace space, RecoveryToken token) {
    note(lost, token);
  }

  private static void note(List<Long> list, RecoveryToken token) {
    switch (token) {
      case RecoveryToken.PathChallenge(long number) -> list.add(number);
      case RecoveryToken.Ack(long number) -> list.add(number);
      default -> throw new AssertionError(token);
    }
  }
}
