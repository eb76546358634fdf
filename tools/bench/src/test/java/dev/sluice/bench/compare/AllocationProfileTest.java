package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.io.ByteQueue;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationProfileTest {
  private static final int OFTEN = 500_000;

  @TempDir Path folder;
  private AckRanges ranges;
  private byte[] kept;

  private double share(Runnable work) throws IOException {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "20000/s").withStackTrace();
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    return AllocationProfile.share(AllocationProfile.samples(file), Instant.MIN, Instant.MAX);
  }

  @Test
  void whatTheProtocolAllocatesIsOurs() throws IOException {
    AckRanges.Builder many = AckRanges.builder();
    for (int i = 1000; i > 0; i--) {
      many.add(2L * i, 2L * i);
    }
    AckRanges all = many.build();
    double share =
        share(
            () -> {
              for (int i = 0; i < OFTEN / 10; i++) {
                ranges = all.first(900); // a copy of 14 KiB
              }
            });
    assertTrue(share > 0.8, "share " + share);
  }

  @Test
  void whatTheCipherAllocatesIsNot() throws IOException {
    CipherSuite suite = CipherSuite.TLS_AES_128_GCM_SHA256;
    PacketKeys keys = PacketKeys.of(QuicVersion.V1, suite, new byte[suite.hashLength()]);
    byte[] packet = new byte[200];
    double share =
        share(
            () -> {
              for (int i = 0; i < OFTEN; i++) {
                keys.seal(packet, 0, 20, 100, i);
              }
            });
    assertTrue(share < 0.1, "share " + share);
  }

  /** As when a program writes in the callback that says there is room. */
  @Test
  void whatTheProgramAllocatesInACallbackIsNot() throws IOException {
    ByteQueue queue = new ByteQueue(16);
    byte[] one = new byte[1];
    double share =
        share(
            () -> {
              for (int i = 0; i < OFTEN; i++) {
                queue.write(one, 0, 1);
                queue.drainTo(
                    (bytes, from, length) -> {
                      kept = new byte[1000];
                      return length;
                    });
              }
            });
    assertTrue(share < 0.1, "share " + share);
  }
}
