package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other implementations found worth keeping as input for their frame parsers. */
class FrameCorporaTest {

  @ParameterizedTest
  @ValueSource(strings = {"neqo/frame.hexl", "ngtcp2/decode_frame.hexl", "neqo/packet.hexl"})
  void inputsAndTheirPrefixesParseOrFailAsDocumented(String file) throws IOException {
    for (String line : Files.readAllLines(SharedFiles.require("vectors/corpora/" + file))) {
      if (!line.startsWith("#")) {
        byte[] input = HexFormat.of().parseHex(line.substring(line.indexOf('\t') + 1));
        for (int length = 0; length <= Math.min(input.length, 300); length++) {
          FrameReading.readAll(Arrays.copyOf(input, length));
        }
        FrameReading.readAll(input);
      }
    }
  }

  /**
   * One sample of each type. The ranges of the ACK samples go below zero: their numbers were chosen
   * to be told apart, not to add up.
   */
  @Test
  void samplesOfEveryType() throws IOException {
    int read = 0;
    for (String line :
        Files.readAllLines(SharedFiles.require("vectors/corpora/ngtcp2/decode_frame.hexl"))) {
      if (line.startsWith("#")) {
        continue;
      }
      String name = line.substring(0, line.indexOf('\t'));
      byte[] input = HexFormat.of().parseHex(line.substring(line.indexOf('\t') + 1));
      if (name.startsWith("ack")) {
        assertFalse(FrameReading.readAll(input), name);
      } else {
        assertTrue(FrameReading.readAll(input), name);
        read++;
      }
    }
    assertEquals(19, read);
  }
}
