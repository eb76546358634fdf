package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.SharedFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our encoder's output for recorded traffic decodes to it, however late anything arrives. */
class QifEncodeTest {
  /** When the two instruction streams reach the other side. */
  private enum Timing {
    /** Both at once. */
    IMMEDIATE(0, 0),
    /** The encoder stream at once, the decoder stream never. */
    UNACKNOWLEDGED(0, Integer.MAX_VALUE),
    /** The decoder stream some sections later. */
    LATE_ACKNOWLEDGED(0, 20),
    /** The encoder stream some sections after those that need it. */
    LATE_INSERTED(7, 3);

    final int encoderDelay;
    final int decoderDelay;

    Timing(int encoderDelay, int decoderDelay) {
      this.encoderDelay = encoderDelay;
      this.decoderDelay = decoderDelay;
    }
  }

  /** Bytes on the way, and the step at which they arrive. */
  private record Travelling(long arrival, byte[] bytes) {}

  @TestFactory
  Stream<DynamicTest> everyQifComesBack() {
    Path folder = SharedFiles.require("vectors/qifs/qifs");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Qif.files(folder)) {
      List<List<FieldLine>> blocks = Qif.blocks(file);
      for (int capacity : new int[] {0, 256, 4096}) {
        for (int blocked : new int[] {0, 100}) {
          for (Timing timing : Timing.values()) {
            tests.add(
                DynamicTest.dynamicTest(
                    file.getFileName() + " " + capacity + " " + blocked + " " + timing,
                    () -> comesBack(blocks, capacity, blocked, timing)));
          }
        }
      }
    }
    return tests.stream();
  }

  /** Hardly larger than what ls-qpack makes of the same, which is among the smallest. */
  @ParameterizedTest
  @ValueSource(strings = {"fb-req-hq 4096.0.1", "fb-req-hq 4096.100.1", "fb-resp-hq 4096.100.1"})
  void compressesWell(String qifAndSettings) throws QpackException {
    Path root = SharedFiles.require("vectors/qifs");
    String[] parts = qifAndSettings.split("[ .]");
    Path other = root.resolve("encoded/ls-qpack/" + qifAndSettings.replace(" ", ".out."));
    long theirs = Qif.records(Qif.bytes(other)).stream().mapToLong(r -> r.bytes().length).sum();
    long ours =
        comesBack(
            Qif.blocks(root.resolve("qifs/" + parts[0] + ".qif")),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Timing.IMMEDIATE);
    assertTrue(ours < theirs * 1.15, () -> ours + " against " + theirs);
  }

  /** Returns the bytes that both streams took. */
  private static long comesBack(
      List<List<FieldLine>> blocks, int capacity, int blocked, Timing timing)
      throws QpackException {
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(capacity, blocked));
    encoder.onPeerSettings(capacity, blocked);
    QpackDecoder decoder = new QpackDecoder(capacity, blocked, Long.MAX_VALUE);
    ArrayDeque<Travelling> toDecoder = new ArrayDeque<>();
    ArrayDeque<Travelling> toEncoder = new ArrayDeque<>();
    int decoded = 0;
    long size = 0;
    for (int i = 0; i < blocks.size(); i++) {
      byte[] section = encoder.encode(i, blocks.get(i));
      byte[] instructions = encoder.takeEncoderStream();
      assertTrue(capacity > 0 || instructions.length == 0);
      size += section.length + instructions.length;
      toDecoder.add(new Travelling((long) i + timing.encoderDelay, instructions));
      decoded += deliver(toDecoder, i, decoder, blocks);
      if (decoder.decode(i, section) instanceof Decoded.Fields fields) {
        assertEquals(Qif.plain(blocks.get(i)), Qif.plain(fields.lines()));
        decoded++;
      }
      toEncoder.add(new Travelling((long) i + timing.decoderDelay, decoder.takeDecoderStream()));
      while (!toEncoder.isEmpty() && toEncoder.peek().arrival() <= i) {
        byte[] bytes = toEncoder.poll().bytes();
        encoder.onDecoderStream(bytes, 0, bytes.length);
      }
    }
    decoded += deliver(toDecoder, Long.MAX_VALUE, decoder, blocks);
    assertEquals(blocks.size(), decoded);
    return size;
  }

  private static int deliver(
      ArrayDeque<Travelling> way, long now, QpackDecoder decoder, List<List<FieldLine>> blocks)
      throws QpackException {
    int decoded = 0;
    while (!way.isEmpty() && way.peek().arrival() <= now) {
      byte[] bytes = way.poll().bytes();
      decoder.onEncoderStream(bytes, 0, bytes.length);
    }
    for (Unblocked next; (next = decoder.nextUnblocked()) != null; ) {
      List<FieldLine> lines = ((Decoded.Fields) next.section()).lines();
      assertEquals(Qif.plain(blocks.get((int) next.streamId())), Qif.plain(lines));
      decoded++;
    }
    return decoded;
  }
}
