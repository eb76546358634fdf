package dev.sluice.quic.recovery;

import dev.sluice.network.Node;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * The smallest thing that transfers bytes with {@link Recovery} and {@link AckTracker}: packets are
 * a checksum, a number and frames, and the one space is that of 1-RTT packets.
 */
final class TransferNode implements Node, TokenListener {
  static final int DATAGRAM = 1200;
  private static final int HEADER = 16;
  private static final int SEGMENT = 1000;
  private static final PacketNumberSpace SPACE = PacketNumberSpace.APPLICATION;
  private static final byte[] ZEROS = new byte[SEGMENT];

  final Recovery recovery;
  final AckTracker acks = new AckTracker(SPACE, 25_000_000);
  final BitSet received = new BitSet();
  final BitSet acknowledged = new BitSet();
  long duplicateSegments;
  long pureAcks;

  private final InetSocketAddress peer;
  private final int segments;
  private int nextSegment;
  private final ArrayDeque<Integer> lost = new ArrayDeque<>();
  private final byte[] buffer = new byte[DATAGRAM];
  private final PacketContents contents = new PacketContents();

  TransferNode(
      InetSocketAddress peer,
      boolean client,
      long bytes,
      CongestionController cc,
      RandomGenerator random) {
    this.peer = peer;
    this.segments = (int) ((bytes + SEGMENT - 1) / SEGMENT);
    this.recovery = new Recovery(RecoveryConfig.of(client, DATAGRAM, random), cc, this);
    recovery.onHandshakeConfirmed();
  }

  boolean isDone() {
    return acknowledged.cardinality() == segments;
  }

  @Override
  public void receive(
      byte[] buffer,
      int offset,
      int length,
      InetSocketAddress local,
      InetSocketAddress remote,
      int ecn,
      long now) {
    if (length <= HEADER) {
      return;
    }
    WireReader in = new WireReader(buffer, offset, length);
    long checksum = in.u32() << 32 | in.u32();
    if (checksum != checksum(buffer, offset + 8, length - 8)) {
      return;
    }
    long packetNumber = in.u32() << 32 | in.u32();
    if (acks.isDuplicate(packetNumber)) {
      return;
    }
    boolean elicits = false;
    while (in.hasRemaining()) {
      Frame frame = FrameReader.read(in);
      elicits |= frame.isAckEliciting();
      switch (frame) {
        case AckFrame ack -> recovery.onAck(SPACE, ack, (ack.ackDelay() << 3) * 1000, now);
        case StreamFrame stream -> {
          int segment = (int) (stream.offset() / SEGMENT);
          duplicateSegments += received.get(segment) ? 1 : 0;
          received.set(segment);
        }
        default -> {}
      }
    }
    acks.onReceived(packetNumber, elicits, ecn, now);
  }

  @Override
  public void send(long now, Outbox out) {
    while (sendOne(now, out)) {
      // one packet each
    }
  }

  private boolean sendOne(long now, Outbox out) {
    boolean probe = recovery.probesPending(SPACE) > 0;
    if (probe && !hasData()) {
      recovery.resendForProbe(SPACE);
    }
    boolean data = hasData() && (probe || recovery.path().canSend(now));
    if (!data && !probe && !acks.shouldSendNow(now)) {
      if (!hasData()) {
        recovery.path().onApplicationLimited();
      }
      return false;
    }
    WireWriter writer = new WireWriter(buffer, 0, DATAGRAM);
    writer.zeros(HEADER);
    contents.begin(writer);
    boolean elicit = acks.shouldElicit();
    AckFrame ack = acks.hasNews() ? acks.build(now, 3) : null;
    if (ack != null) {
      contents.add(ack, new RecoveryToken.Ack(ack.largestAcknowledged()));
    }
    if (data) {
      int segment = lost.isEmpty() ? nextSegment++ : lost.removeFirst();
      long at = (long) segment * SEGMENT;
      contents.add(new StreamFrame(0, at, Bytes.of(ZEROS, 0, SEGMENT), false), null);
      contents.addedStream(0, at, SEGMENT, false);
    } else if (probe || elicit) {
      contents.add(new PingFrame(), new RecoveryToken.Ping());
    } else {
      pureAcks++;
    }
    if (data && contents.remaining() > 0) {
      contents.add(new PaddingFrame(contents.remaining()), null);
    }
    int length = writer.position();
    long packetNumber = recovery.nextPacketNumber(SPACE);
    putLong(buffer, 8, packetNumber);
    putLong(buffer, 0, checksum(buffer, 8, length - 8));
    out.send(buffer, 0, length, null, peer, 0);
    recovery.onPacketSent(recovery.path(), SPACE, packetNumber, length, contents, now);
    return true;
  }

  @Override
  public long nextDeadline() {
    long next = Math.min(recovery.deadline(), acks.deadline());
    return hasData() ? Math.min(next, recovery.path().paceUntil()) : next;
  }

  @Override
  public void onDeadline(long now) {
    recovery.onDeadline(now);
  }

  @Override
  public void onAcked(PacketNumberSpace space, RecoveryToken token) {
    if (token instanceof RecoveryToken.Ack ack) {
      acks.onAckOfAckAcked(ack.largest());
    }
  }

  @Override
  public void onLost(PacketNumberSpace space, RecoveryToken token) {
    // What is not of the stream need not come again.
  }

  @Override
  public void onStreamAcked(long streamId, long offset, long length, boolean fin) {
    acknowledged.set((int) (offset / SEGMENT), (int) ((offset + length) / SEGMENT));
  }

  @Override
  public void onStreamLost(long streamId, long offset, int length, boolean fin) {
    lost.add((int) (offset / SEGMENT));
  }

  @Override
  public String toString() {
    return "acknowledged %d of %d, received %d, window %d, in flight %d, lost %d (%d late), srtt %d us, pto count %d"
        .formatted(
            acknowledged.cardinality(),
            segments,
            received.cardinality(),
            recovery.path().congestion().window(),
            recovery.path().bytesInFlight(),
            recovery.path().packetsLost(),
            recovery.path().spuriousLosses(),
            recovery.path().rtt().smoothed() / 1000,
            recovery.ptoCount());
  }

  private boolean hasData() {
    while (!lost.isEmpty() && acknowledged.get(lost.peekFirst())) {
      lost.removeFirst();
    }
    return !lost.isEmpty() || nextSegment < segments;
  }

  private static long checksum(byte[] buffer, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(buffer, offset, length);
    return crc.getValue();
  }

  private static void putLong(byte[] buffer, int at, long value) {
    for (int i = 0; i < 8; i++) {
      buffer[at + i] = (byte) (value >>> 56 - 8 * i);
    }
  }
}
