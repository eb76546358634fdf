package dev.sluice.quic.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;

/** The portable poller, on the JDK's selector. */
final class SelectorPoller implements Poller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;

  SelectorPoller() throws IOException {
    this.selector = Selector.open();
  }

  @Override
  public UdpSocket open(InetSocketAddress local, InetSocketAddress remote) throws IOException {
    return DatagramChannelSocket.open(selector, local, remote);
  }

  @Override
  public void await(long nanos) throws IOException {
    if (nanos <= 0) {
      selector.selectNow();
    } else if (nanos == Long.MAX_VALUE) {
      selector.select();
    } else {
      // Rounded up: a deadline that is missed by less than a millisecond does no harm, but one that
      // is met too early would make the loop spin.
      selector.select((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void wakeUp() {
    selector.wakeup();
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }
}
