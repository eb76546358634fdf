package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.io.udp.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IoModeTest {

  /** A program of its own, to see what users see. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      IoMode.valueOf(args[0]).prepare();
      EventLoop loop = EventLoop.start("program", true, IoMode.valueOf(args[0]));
      System.out.println(loop.ioDescription());
      loop.close();
      loop.awaitEnd(10_000);
    }
  }

  private record Run(String out, int code) {}

  /** Runs the program; what it writes to either stream counts. */
  private static Run run(IoMode mode, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Program.class.getName(), mode.name()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Run(out.strip(), process.exitValue());
  }

  private static boolean isLinux() {
    return System.getProperty("os.name").equals("Linux");
  }

  /** A program without flags gets no warning of the JVM, and the portable way. */
  @Test
  void withoutNativeAccessItIsPortableAndQuiet() throws Exception {
    Run run = run(IoMode.AUTO);
    assertEquals("portable: DatagramChannel, one system call a datagram", run.out());
    assertEquals(0, run.code());
  }

  @Test
  void withNativeAccessItIsTheSystemsOwn() throws Exception {
    Run run = run(IoMode.AUTO, "--enable-native-access=ALL-UNNAMED");
    assertTrue(run.out().startsWith(isLinux() ? "Linux: epoll, sendmmsg" : "portable"), run.out());
    assertEquals(1, run.out().lines().count(), run.out());
    Run chosen = run(IoMode.PORTABLE, "--enable-native-access=ALL-UNNAMED");
    assertTrue(chosen.out().startsWith("portable"), chosen.out());
  }

  /** A sandbox without the calls, as the Linux way tells it (FallbackTest). */
  @Test
  void whereTheLinuxWayCannotBeGoneItIsPortable() throws IOException {
    IoMode.Opening refused =
        () -> {
          throw new IOException("sendmmsg cannot be called: not permitted");
        };
    Poller instead = IoMode.AUTO.newPoller(refused);
    assertTrue(instead.description().startsWith("portable"), instead.description());
    instead.close();
    IOException e = assertThrows(IOException.class, () -> IoMode.LINUX.newPoller(refused));
    assertEquals("sendmmsg cannot be called: not permitted", e.getMessage());
  }

  @Test
  void whatIsNotThereCannotBeHad() throws Exception {
    Run run = run(IoMode.LINUX);
    assertEquals(1, run.code());
    assertTrue(
        run.out()
            .contains(
                isLinux() ? "start java with --enable-native-access=ALL-UNNAMED" : "this system"),
        run.out());
  }

  @Test
  void thePropertyNamesTheMode() {
    String before = System.getProperty(IoMode.PROPERTY);
    try {
      System.clearProperty(IoMode.PROPERTY);
      assertEquals(IoMode.AUTO, IoMode.preferred());
      System.setProperty(IoMode.PROPERTY, "Portable");
      assertEquals(IoMode.PORTABLE, IoMode.preferred());
      System.setProperty(IoMode.PROPERTY, "fast");
      assertThrows(IllegalArgumentException.class, IoMode::preferred);
    } finally {
      if (before == null) {
        System.clearProperty(IoMode.PROPERTY);
      } else {
        System.setProperty(IoMode.PROPERTY, before);
      }
    }
  }

  @Test
  void thePortableWayHasNoObstacle() {
    assertNull(IoMode.PORTABLE.obstacle());
    assertNull(IoMode.AUTO.obstacle());
    if (IoMode.LINUX.obstacle() != null) {
      assertThrows(UncheckedIOException.class, () -> EventLoop.start("no", true, IoMode.LINUX));
    }
  }
}
