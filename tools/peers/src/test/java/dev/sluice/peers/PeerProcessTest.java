package dev.sluice.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself, with the shell as the peer. */
class PeerProcessTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;

  private PeerProcess shell(String script) throws IOException {
    return PeerProcess.start(folder, Map.of("WORD", "ready"), "/bin/sh", "-c", script);
  }

  @Test
  void waitsForALine() throws IOException {
    try (PeerProcess peer = shell("echo one; echo $WORD >&2; exec sleep 60")) {
      peer.awaitLine("^read[y]$", LONG);
      assertEquals("one\nready", peer.output());
    }
  }

  @Test
  void tellsWhatWasPrintedWhenTheLineNeverComes() throws IOException {
    try (PeerProcess peer = shell("echo oops; exit 3")) {
      AssertionError e = assertThrows(AssertionError.class, () -> peer.awaitLine("ready", LONG));
      assertTrue(e.getMessage().endsWith("has not printed ready:\noops"), e.getMessage());
      assertEquals(3, peer.awaitExit(LONG));
      assertThrows(AssertionError.class, () -> peer.awaitSuccess(LONG));
    }
  }

  @Test
  void endsWithItsChildren() throws IOException {
    Path file = folder.resolve("pid");
    PeerProcess peer = shell("sleep 60 & echo $! > pid; echo up; wait");
    peer.awaitLine("up", LONG);
    ProcessHandle child =
        ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
    peer.close();
    child.onExit().join();
    assertFalse(child.isAlive());
  }

  @Test
  void findsPrograms() {
    assertTrue(PeerProcess.find("no-such-peer").isEmpty());
    assertTrue(PeerProcess.find("sh").orElseThrow().endsWith("/sh"));
  }

  @Test
  void portsThatArePickedAtOnceDiffer() throws IOException {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      int port = FreePort.udp();
      assertTrue(port > 0 && ports.add(port), () -> port + " again");
    }
  }

  @Test
  void filesForPeers() throws IOException {
    PeerFiles files = PeerFiles.create(folder);
    assertTrue(Files.readString(files.certificate()).startsWith("-----BEGIN CERTIFICATE-----\n"));
  }
}
