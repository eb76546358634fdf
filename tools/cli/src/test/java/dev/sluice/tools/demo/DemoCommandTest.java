package dev.sluice.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.StandardStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void fetchesAndChecksEverything() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    StandardStreams streams =
        new StandardStreams(
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(0, new DemoCommand(streams, 1 << 20).call());
    String report = out.toString(StandardCharsets.UTF_8);
    for (String line :
        new String[] {
          "server I/O    ",
          "client I/O    ",
          "QUIC version  1\n",
          "cipher suite  TLS_",
          "key exchange  X25519MLKEM768\n",
          "RTT  ",
          "requests      102\n",
          "bytes         " + ((1 << 20) + 100 * DemoSite.OBJECT_BYTES + DemoSite.PAGE.length),
          "time  ",
          "rate  "
        }) {
      assertTrue(report.contains(line), line + "\n" + report);
    }
  }

  @Property(tries = 300)
  void anotherByteIsFound(
      @ForAll @LongRange(min = 0, max = 1L << 40) long position,
      @ForAll @IntRange(min = 0, max = 999) int wrong) {
    byte[] bytes = new byte[1000];
    Pattern.fill(bytes, 0, 1000, position);
    assertEquals(-1, Pattern.mismatch(bytes, 1000, position));
    bytes[wrong] ^= 1;
    assertEquals(wrong, Pattern.mismatch(bytes, 1000, position));
  }

  @Property(tries = 300)
  void aShiftedStretchIsFound(@ForAll @LongRange(min = 0, max = 1L << 40) long position) {
    byte[] bytes = new byte[1000];
    Pattern.fill(bytes, 0, 1000, position);
    for (long shift : new long[] {1, 256, 1200, 65536, DemoSite.OBJECT_STEP}) {
      assertTrue(Pattern.mismatch(bytes, 1000, position + shift) >= 0);
    }
  }
}
