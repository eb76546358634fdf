package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServeCommandTest {
  @TempDir Path folder;

  @Test
  void verboseTellsHowDatagramsAreMoved() throws Exception {
    try (ServeProcess serve =
        ServeProcess.start(folder, "-v", "--io", "portable", "--loops", "2")) {
      assertEquals(
          "portable: DatagramChannel, one system call a datagram; 2 loops",
          serve.awaitLine("portable"));
    }
  }
}
