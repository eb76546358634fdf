package dev.sluice.bench.micro;

import dev.sluice.qpack.Decoded;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackDecoder;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.qpack.QpackException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A browser's request of ten field lines: nanoseconds for each field section. */
@State(Scope.Thread)
public class QpackBenchmark {
  private static final int TABLE = 4096;
  private static final int BLOCKED = 100;
  private static final long STREAM = 4;

  private static final List<FieldLine> REQUEST =
      List.of(
          line(":method", "GET"),
          line(":scheme", "https"),
          line(":authority", "www.example.org"),
          line(":path", "/assets/site/main.css?version=20260611"),
          line("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"),
          line("accept", "text/css,*/*;q=0.1"),
          line("accept-language", "en-GB,en;q=0.7,de;q=0.3"),
          line("accept-encoding", "gzip, deflate, br, zstd"),
          line("referer", "https://www.example.org/"),
          line("cookie", "session=5f2c9d0be1a84f7e9c36; theme=dark"));

  private QpackEncoder staticEncoder;
  private QpackDecoder staticDecoder;
  private byte[] staticSection;
  private QpackEncoder dynamicEncoder;
  private QpackDecoder dynamicDecoder;
  private byte[] dynamicSection;

  private static FieldLine line(String name, String value) {
    return new FieldLine(name, value, false);
  }

  /** Fills both ends' dynamic tables with the request's lines. */
  @Setup
  public void prepare() throws QpackException {
    staticEncoder = new QpackEncoder(new EncoderLimits(0, 0));
    staticDecoder = new QpackDecoder(0, 0, 1 << 16);
    staticSection = staticEncoder.encode(STREAM, REQUEST);
    dynamicEncoder = new QpackEncoder(new EncoderLimits(TABLE, BLOCKED));
    dynamicEncoder.onPeerSettings(TABLE, BLOCKED);
    dynamicEncoder.onEncoderStreamCredit(1 << 20);
    dynamicDecoder = new QpackDecoder(TABLE, BLOCKED, 1 << 16);
    for (int i = 0; i < 4; i++) {
      exchange();
    }
  }

  private void exchange() throws QpackException {
    dynamicSection = dynamicEncoder.encode(STREAM, REQUEST);
    byte[] instructions = dynamicEncoder.takeEncoderStream();
    dynamicDecoder.onEncoderStream(instructions, 0, instructions.length);
    if (!(dynamicDecoder.decode(STREAM, dynamicSection) instanceof Decoded.Fields)) {
      throw new IllegalStateException("does not decode");
    }
    acknowledge();
  }

  private void acknowledge() throws QpackException {
    byte[] answers = dynamicDecoder.takeDecoderStream();
    dynamicEncoder.onDecoderStream(answers, 0, answers.length);
  }

  /** With the static table and Huffman coding alone. */
  @Benchmark
  public byte[] encodeStatic() {
    return staticEncoder.encode(STREAM, REQUEST);
  }

  /** The same back. */
  @Benchmark
  public Decoded decodeStatic() throws QpackException {
    return staticDecoder.decode(STREAM, staticSection);
  }

  /** Both ways with the request in the dynamic table, and the acknowledgment of the section. */
  @Benchmark
  public byte[] exchangeDynamic() throws QpackException {
    exchange();
    return dynamicSection;
  }
}
