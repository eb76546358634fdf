package dev.sluice.quic.io.linux;

import dev.sluice.quic.io.udp.Poller;
import java.io.IOException;

/** Whether the Linux way of moving datagrams can be gone here, and its entrance. */
public final class LinuxIo {
  private LinuxIo() {}

  /**
   * Why it cannot be gone; null when nothing is known to stand in the way. Asks without calling
   * anything native, so that nobody who has not allowed native access sees the JVM's warning.
   */
  public static String obstacle() {
    String system = System.getProperty("os.name") + "/" + System.getProperty("os.arch");
    if (!system.equals("Linux/amd64") && !system.equals("Linux/aarch64")) {
      return "this system is " + system + "; the structures are known for amd64 and aarch64";
    }
    if (!LinuxIo.class.getModule().isNativeAccessEnabled()) {
      Module module = LinuxIo.class.getModule();
      return "native access is not enabled; start java with --enable-native-access="
          + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
    return null;
  }

  /** Has the C functions linked, if this way can be gone, which else the first poller does. */
  public static void prepare() {
    if (obstacle() == null) {
      try {
        LibC.link();
      } catch (LinkageError | UnsupportedOperationException e) {
        // open() will meet it too, and has somebody to tell
      }
    }
  }

  /**
   * A poller with its own descriptors and memory.
   *
   * @throws IOException there is an {@link #obstacle}, or the system does not give what is needed
   */
  public static Poller open() throws IOException {
    String obstacle = obstacle();
    if (obstacle != null) {
      throw new IOException(obstacle);
    }
    try {
      return new EpollPoller();
    } catch (LinkageError | UnsupportedOperationException e) {
      throw new IOException("the C library cannot be called: " + e, e);
    }
  }
}
