package dev.sluice.quic.io.udp;

import dev.sluice.quic.io.linux.LinuxIo;
import java.io.IOException;
import java.util.stream.Stream;

/** One way of moving datagrams, with a name to tell it by. */
record Way(String name, Opening opening) {
  interface Opening {
    Poller open() throws IOException;
  }

  /** Those that this system has. */
  static Stream<Way> all() {
    Way portable = new Way("portable", SelectorPoller::new);
    return LinuxIo.obstacle() == null
        ? Stream.of(portable, new Way("linux", LinuxIo::open))
        : Stream.of(portable);
  }

  @Override
  public String toString() {
    return name;
  }
}
