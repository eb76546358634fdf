package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.VarInt;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Every kind of valid frame, for properties. */
public final class AnyFrame {
  private AnyFrame() {}

  /** Frames of every kind. */
  public static Arbitrary<Frame> frame() {
    return Arbitraries.oneOf(
        List.of(
            Arbitraries.integers().between(1, 40).map(PaddingFrame::new),
            Arbitraries.of(new PingFrame(), new HandshakeDoneFrame(), new ImmediateAckFrame()),
            Combinators.combine(number(), number(), number(), number()).as(AckFrequencyFrame::new),
            ack(),
            Combinators.combine(number(), number(), number()).as(ResetStreamFrame::new),
            resetAt(),
            bytes(0).map(data -> new DatagramFrame(data, true)),
            Combinators.combine(number(), number()).as(StopSendingFrame::new),
            Combinators.combine(offset(), bytes(0)).as(CryptoFrame::new),
            bytes(1).map(NewTokenFrame::new),
            Combinators.combine(number(), offset(), bytes(0), Arbitraries.of(true, false))
                .as(StreamFrame::new),
            number().map(MaxDataFrame::new),
            Combinators.combine(number(), number()).as(MaxStreamDataFrame::new),
            Combinators.combine(Arbitraries.of(true, false), streams()).as(MaxStreamsFrame::new),
            number().map(DataBlockedFrame::new),
            Combinators.combine(number(), number()).as(StreamDataBlockedFrame::new),
            Combinators.combine(Arbitraries.of(true, false), streams())
                .as(StreamsBlockedFrame::new),
            newConnectionId(),
            number().map(RetireConnectionIdFrame::new),
            Arbitraries.longs().map(PathChallengeFrame::new),
            Arbitraries.longs().map(PathResponseFrame::new),
            Combinators.combine(number(), number(), Arbitraries.strings().ofMaxLength(50))
                .as((code, type, reason) -> new ConnectionCloseFrame(false, code, type, reason)),
            Combinators.combine(number(), Arbitraries.strings().alpha().ofMaxLength(90))
                .as((code, reason) -> new ConnectionCloseFrame(true, code, 0, reason))));
  }

  static Arbitrary<Frame> ack() {
    Arbitrary<EcnCounts> ecn =
        Combinators.combine(number(), number(), number()).as(EcnCounts::new).injectNull(0.5);
    return Combinators.combine(ranges(), number(), ecn)
        .as((ranges, delay, counts) -> new AckFrame(ranges.largest(), delay, ranges, counts));
  }

  /** Built upwards from 0 by sizes of gaps and ranges. */
  static Arbitrary<AckRanges> ranges() {
    Arbitrary<Long> sizes = Arbitraries.longs().between(1, 1L << 40);
    return Combinators.combine(sizes, sizes)
        .as(Tuple::of)
        .list()
        .ofMinSize(1)
        .ofMaxSize(30)
        .map(
            pairs -> {
              long top = pairs.stream().mapToLong(pair -> pair.get1() + pair.get2()).sum();
              AckRanges.Builder builder = AckRanges.builder();
              for (Tuple.Tuple2<Long, Long> pair : pairs) {
                builder.add(top - pair.get1() + 1, top);
                top -= pair.get1() + pair.get2();
              }
              return builder.build();
            });
  }

  private static Arbitrary<Frame> resetAt() {
    return Combinators.combine(number(), number(), number(), number())
        .as((id, code, a, b) -> new ResetStreamAtFrame(id, code, Math.max(a, b), Math.min(a, b)));
  }

  private static Arbitrary<Frame> newConnectionId() {
    Arbitrary<byte[]> id = Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(20);
    Arbitrary<byte[]> token = Arbitraries.bytes().array(byte[].class).ofSize(16);
    return Combinators.combine(number(), number(), id, token)
        .as(
            (a, b, bytes, resetToken) ->
                new NewConnectionIdFrame(
                    Math.max(a, b), Math.min(a, b), ConnectionId.of(bytes), Bytes.of(resetToken)));
  }

  static Arbitrary<Long> number() {
    return Arbitraries.longs().between(0, VarInt.MAX);
  }

  private static Arbitrary<Long> streams() {
    return Arbitraries.longs().between(0, 1L << 60);
  }

  private static Arbitrary<Long> offset() {
    return Arbitraries.longs().between(0, VarInt.MAX - 200);
  }

  private static Arbitrary<Bytes> bytes(int atLeast) {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(atLeast).ofMaxSize(200).map(Bytes::of);
  }
}
