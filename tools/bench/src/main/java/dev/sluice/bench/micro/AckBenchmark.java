package dev.sluice.bench.micro;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.recovery.AckTracker;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryConfig;
import dev.sluice.quic.wire.WireWriter;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Acknowledgments on both sides. With one range every packet arrives; with 1,000 every other one is
 * missing, and each ACK frame tells of the last 1,000 that are not.
 */
@State(Scope.Thread)
public class AckBenchmark {
  private static final int SIZE = 1350;
  private static final int FLIGHT = 64;
  private static final long RTT = 1_000_000;
  private static final PacketNumberSpace SPACE = PacketNumberSpace.APPLICATION;

  /** Ranges that are outstanding. */
  @Param({"1", "1000"})
  public int ranges;

  private static final PingFrame PING = new PingFrame();

  private final PacketContents contents = new PacketContents();
  private final byte[] buffer = new byte[SIZE];
  private final WireWriter writer = new WireWriter(buffer, 0, SIZE);
  private Recovery recovery;
  private AckTracker tracker;
  private final long[] recent = new long[2048];
  private long sent;
  private long now;
  private long received;

  /** A connection whose handshake is over. */
  @Setup
  public void prepare() {
    recovery =
        new Recovery(
            RecoveryConfig.of(true, SIZE, new SplittableRandom(1)),
            CongestionAlgorithm.CUBIC.create(SIZE, new SplittableRandom(2)),
            new NoTokens());
    recovery.discard(PacketNumberSpace.INITIAL, now);
    recovery.discard(PacketNumberSpace.HANDSHAKE, now);
    recovery.onHandshakeConfirmed();
    tracker = new AckTracker(SPACE, 25_000_000);
    for (int i = 0; i < ranges; i++) {
      receive();
      send();
      send();
    }
  }

  private void receive() {
    tracker.onReceived(received, true, 0, now);
    received += ranges == 1 ? 1 : 2;
  }

  private void send() {
    long number = recovery.nextPacketNumber(SPACE);
    contents.begin(writer.reset(buffer, 0, SIZE));
    contents.add(PING, null);
    recovery.onPacketSent(recovery.path(), SPACE, number, SIZE, contents, now);
    recent[(int) (sent++ % recent.length)] = number;
  }

  /** The sender: a flight of 64 packets leaves, and one ACK frame comes; for each packet. */
  @Benchmark
  @OperationsPerInvocation(FLIGHT)
  public long processAck() {
    now += RTT;
    for (int i = 0; i < FLIGHT; i++) {
      send();
    }
    now += RTT;
    recovery.onAck(SPACE, ack(), 0, now);
    return recovery.deadline();
  }

  private long recent(int ago) {
    return recent[(int) ((sent - 1 - ago) % recent.length)];
  }

  /** What the peer has of it; numbers that were skipped it cannot have (RFC 9000 §21.4). */
  private AckFrame ack() {
    AckRanges.Builder builder = AckRanges.builder();
    int missing = ranges == 1 ? 1 : 2;
    int packets = ranges == 1 ? FLIGHT : ranges;
    long largest = recent(0);
    for (int i = 0; i < packets; i++) {
      long number = recent(i * missing);
      boolean last = i == packets - 1;
      if (last || recent((i + 1) * missing) < number - 1) {
        builder.add(number, largest);
        largest = last ? 0 : recent((i + 1) * missing);
      }
    }
    AckRanges all = builder.build();
    return new AckFrame(all.largest(), 0, all, null);
  }

  /** The receiver: 64 packets arrive, and one ACK frame is built and written; for each packet. */
  @Benchmark
  @OperationsPerInvocation(FLIGHT)
  public int buildAck() {
    now += RTT;
    for (int i = 0; i < FLIGHT; i++) {
      receive();
    }
    AckFrame ack = tracker.build(now, 3, SIZE);
    writer.reset(buffer, 0, SIZE);
    ack.write(writer);
    return writer.position();
  }
}
