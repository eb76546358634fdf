package dev.sluice.quic.io;

import dev.sluice.quic.io.linux.LinuxIo;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.SelectorPoller;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Locale;

/** How datagrams get from and to the system. */
public enum IoMode {

  /**
   * The fastest that there is: {@link #LINUX} where native access is enabled ({@code
   * --enable-native-access}) and the system plays along, else {@link #PORTABLE}.
   */
  AUTO,

  /** {@code java.nio.channels.DatagramChannel}, one system call a datagram. Works everywhere. */
  PORTABLE,

  /**
   * Linux' own calls through {@code java.lang.foreign}: many datagrams a call, ECN, the address at
   * this host. What the kernel does not have of it is done without; where the calls themselves are
   * missing or forbidden, loops do not start.
   */
  LINUX;

  /** The name of the system property that {@link #preferred()} reads: {@value}. */
  public static final String PROPERTY = "sluice.io";

  /**
   * What the system property {@value #PROPERTY} says, in letters of either case; {@link #AUTO}
   * without it.
   *
   * @throws IllegalArgumentException it says none of these
   */
  public static IoMode preferred() {
    String named = System.getProperty(PROPERTY);
    return named == null ? AUTO : valueOf(named.toUpperCase(Locale.ROOT));
  }

  /** Why this way cannot be gone here, for people; null when nothing is known to stand in it. */
  public String obstacle() {
    return this == LINUX ? LinuxIo.obstacle() : null;
  }

  /**
   * Does ahead what the first socket would have to wait for: the Linux way, where it can be gone,
   * links C functions, some 60 ms in a JVM that has just started. For a program that has other
   * things to do meanwhile, on another thread; does nothing when it was done.
   */
  public void prepare() {
    if (this != PORTABLE) {
      LinuxIo.prepare();
    }
  }

  Poller newPoller() throws IOException {
    return newPoller(LinuxIo::open);
  }

  /** Goes a way that there may not be. */
  interface Opening {
    Poller open() throws IOException;
  }

  /**
   * @param linux the Linux way
   */
  Poller newPoller(Opening linux) throws IOException {
    return switch (this) {
      case PORTABLE -> new SelectorPoller();
      case LINUX -> linux.open();
      case AUTO -> {
        try {
          yield linux.open();
        } catch (IOException e) {
          System.Logger log = System.getLogger(IoMode.class.getName());
          log.log(Level.DEBUG, "sockets are portable ones: {0}", e.getMessage());
          yield new SelectorPoller();
        }
      }
    };
  }
}
