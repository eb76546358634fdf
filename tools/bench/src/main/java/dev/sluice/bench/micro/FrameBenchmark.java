package dev.sluice.bench.micro;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.StreamData;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Frames to bytes and back: nanoseconds for each frame. */
@State(Scope.Thread)
public class FrameBenchmark {
  private static final int DATA = 1300;
  private static final long STREAM = 4;
  private static final long OFFSET = 1L << 32;

  private final byte[] buffer = new byte[1500];
  private final WireWriter writer = new WireWriter(buffer, 0, buffer.length);
  private final byte[] content = new byte[DATA];
  private final StreamData data = new StreamData();
  private final MaxStreamDataFrame credit = new MaxStreamDataFrame(STREAM, OFFSET);
  private byte[] stream;
  private byte[] smallAck;
  private byte[] largeAck;
  private byte[] credited;
  private final WireReader reader = new WireReader(buffer, 0, 0);

  /** Writes what is read. */
  @Setup
  public void write() {
    WireWriter out = new WireWriter(buffer, 0, buffer.length);
    StreamFrame.writeHeader(out, STREAM, OFFSET, DATA, false);
    out.bytes(content);
    stream = Arrays.copyOf(buffer, out.position());
    smallAck = bytes(AckRangesOf.count(1));
    largeAck = bytes(AckRangesOf.count(100));
    credited = bytes(credit);
  }

  private static byte[] bytes(Frame frame) {
    byte[] bytes = new byte[frame.encodedLength()];
    frame.write(new WireWriter(bytes, 0, bytes.length));
    return bytes;
  }

  /** A STREAM frame of 1300 bytes, its data left where it is. */
  @Benchmark
  public boolean readStream() {
    return FrameReader.readStream(reader.reset(stream, 0, stream.length), data);
  }

  /** An ACK frame of one range. */
  @Benchmark
  public Frame readAck() {
    return FrameReader.read(reader.reset(smallAck, 0, smallAck.length));
  }

  /** An ACK frame of 100 ranges. */
  @Benchmark
  public Frame readAckOf100Ranges() {
    return FrameReader.read(reader.reset(largeAck, 0, largeAck.length));
  }

  /** A MAX_STREAM_DATA frame. */
  @Benchmark
  public Frame readMaxStreamData() {
    return FrameReader.read(reader.reset(credited, 0, credited.length));
  }

  /** A STREAM frame's header and its 1300 bytes. */
  @Benchmark
  public int buildStream() {
    writer.reset(buffer, 0, buffer.length);
    StreamFrame.writeHeader(writer, STREAM, OFFSET, DATA, false);
    writer.bytes(content);
    return writer.position();
  }

  /** An ACK frame of 100 ranges, from its ranges. */
  @Benchmark
  public int buildAckOf100Ranges(Ranges ranges) {
    writer.reset(buffer, 0, buffer.length);
    ranges.ack.write(writer);
    return writer.position();
  }

  /** A MAX_STREAM_DATA frame. */
  @Benchmark
  public int buildMaxStreamData() {
    writer.reset(buffer, 0, buffer.length);
    credit.write(writer);
    return writer.position();
  }

  /** What an ACK frame is built from. */
  @State(Scope.Thread)
  public static class Ranges {
    final AckFrame ack = AckRangesOf.count(100);
  }
}
