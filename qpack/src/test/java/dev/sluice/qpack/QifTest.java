package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.Requirement;
import dev.sluice.testkit.SharedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What six other encoders made of recorded traffic decodes to that traffic. */
class QifTest {
  @TestFactory
  @Requirement({"RFC9204-2.2#1", "RFC9204-3.2#1"})
  Stream<DynamicTest> encodingsOfOthersDecodeToTheirQif() {
    Path root = SharedFiles.require("vectors/qifs");
    return Stream.of("f5", "ls-qpack", "nghttp3", "proxygen", "qthingey", "quinn")
        .flatMap(implementation -> Qif.files(root.resolve("encoded/" + implementation)).stream())
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getParent().getFileName() + "/" + file.getFileName(),
                    () -> decodesToItsQif(root, file)));
  }

  private static void decodesToItsQif(Path root, Path file) throws QpackException {
    String[] parts = file.getFileName().toString().split("\\.");
    List<List<FieldLine>> blocks = Qif.blocks(root.resolve("qifs/" + parts[0] + ".qif"));
    Map<Long, List<FieldLine>> sections =
        Qif.decode(
            Qif.records(Qif.bytes(file)), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    assertEquals(
        blocks.stream().map(Qif::plain).toList(),
        sections.values().stream().map(Qif::plain).toList());
  }

  @Test
  void exampleFilesDecode() throws QpackException {
    Path root = SharedFiles.require("vectors/qifs");
    Path draft = root.resolve("encoded/examples/draft-examples.out");
    assertEquals(
        Qif.blocks(root.resolve("qifs/draft-examples.qif")).stream().map(Qif::plain).toList(),
        Qif.decode(Qif.records(Qif.bytes(draft)), 220, 100).values().stream()
            .map(Qif::plain)
            .toList());
    Path appendix = root.resolve("encoded/examples/examples.out.220.100.1");
    assertEquals(
        List.of(
            List.of(":path\t/index.html"),
            List.of(":authority\twww.example.com", ":path\t/sample/path"),
            List.of(":authority\twww.example.com", ":path\t/", "custom-key\tcustom-value")),
        Qif.decode(Qif.records(Qif.bytes(appendix)), 220, 100).values().stream()
            .map(Qif::plain)
            .toList());
  }

  @Test
  @Requirement({"RFC9204-4.5.1.2#2", "RFC9204-3.1#2"})
  void errorFilesGiveTheirErrors() {
    Path root = SharedFiles.require("vectors/qifs/encoded/errors");
    for (int i = 1; i <= 12; i++) {
      List<Qif.Item> items = Qif.records(Qif.bytes(root.resolve("err" + i)));
      if (i == 9 || i == 10) {
        assertEquals(1, assertDoesNotThrow(() -> Qif.decode(items, 4096, 100)).size());
        continue;
      }
      long expected =
          i >= 11
              ? QpackException.QPACK_ENCODER_STREAM_ERROR
              : QpackException.QPACK_DECOMPRESSION_FAILED;
      QpackException error =
          assertThrows(QpackException.class, () -> Qif.decode(items, 4096, 100), "err" + i);
      assertEquals(expected, error.code(), "err" + i);
    }
  }

  @Test
  void fuzzedRecordsOfOthersGiveSectionsOrTheDocumentedError() {
    decodeOrFail("vectors/corpora/ls-qpack/decode_a.hexl", 256, 100, true);
    decodeOrFail("vectors/corpora/ls-qpack/decode_b.hexl", 4096, 100, true);
    decodeOrFail("vectors/corpora/ls-qpack/decode_c.hexl", 256, 100, false);
  }

  private static void decodeOrFail(String corpus, long capacity, long blocked, boolean preamble) {
    List<byte[]> inputs = Qif.corpus(corpus);
    for (byte[] input : inputs) {
      List<Qif.Item> items = new ArrayList<>();
      // Which line is the preamble the order doesn't say, so every pair is tried.
      for (byte[] first : preamble ? inputs : List.of(new byte[0])) {
        items.clear();
        items.addAll(Qif.records(first));
        items.addAll(Qif.records(input));
        try {
          Qif.decode(items, capacity, blocked);
        } catch (QpackException | IllegalStateException documented) {
          // IllegalStateException: the file goes on with a stream that is blocked
        }
      }
    }
  }

  @Test
  void wellFormedSeedsDecodeCompletely() throws QpackException {
    List<Integer> counts = new ArrayList<>();
    for (byte[] input : Qif.corpus("vectors/corpora/ls-qpack/interop_input.hexl")) {
      counts.add(Qif.decode(Qif.records(input), 256, 100).size());
    }
    assertEquals(List.of(7, 9, 18), counts.stream().sorted().toList());
    for (byte[] input : Qif.corpus("vectors/corpora/nghttp3/qpackdecoder.hexl")) {
      assertEquals(18, Qif.decode(Qif.records(input), 256, 100).size());
    }
  }

  @Test
  void fuzzedSectionsGiveFieldsOrTheDocumentedError() {
    for (byte[] input : Qif.corpus("vectors/corpora/quiche/qpack_decode.hexl")) {
      for (int length = 0; length <= input.length; length += Math.max(1, input.length / 16)) {
        byte[] prefix = Arrays.copyOf(input, length);
        fieldsOrFailure(new QpackDecoder(0, 0, 65536), 0, prefix);
      }
    }
    for (byte[] input : Qif.corpus("vectors/corpora/neqo/qpack.hexl")) {
      if (input.length < 10) {
        continue;
      }
      int length = Math.min((input[8] & 0xff) | (input[9] & 0xff) << 8, input.length - 10);
      QpackDecoder decoder = new QpackDecoder(65536, 16, 65536);
      try {
        decoder.onEncoderStream(input, 10, length);
      } catch (QpackException e) {
        assertEquals(QpackException.QPACK_ENCODER_STREAM_ERROR, e.code());
        continue;
      }
      fieldsOrFailure(decoder, 0, Arrays.copyOfRange(input, 10 + length, input.length));
    }
  }

  private static void fieldsOrFailure(QpackDecoder decoder, long streamId, byte[] section) {
    try {
      decoder.decode(streamId, section);
    } catch (QpackException e) {
      assertEquals(QpackException.QPACK_DECOMPRESSION_FAILED, e.code());
    }
  }
}
