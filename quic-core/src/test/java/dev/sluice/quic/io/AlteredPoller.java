package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * A real poller with something changed about its sockets, or about waiting for them.
 *
 * @param all the real one
 * @param sockets what becomes of each that is opened
 * @param waiting how it is waited for them
 */
record AlteredPoller(Poller all, UnaryOperator<UdpSocket> sockets, Waiting waiting)
    implements Poller {

  /** As {@link Poller#await}. */
  interface Waiting {
    void await(long nanos) throws IOException;
  }

  @Override
  public UdpSocket open(Binding binding) throws IOException {
    return sockets.apply(all.open(binding));
  }

  @Override
  public void await(long nanos) throws IOException {
    waiting.await(nanos);
  }

  @Override
  public String description() {
    return all.description();
  }

  @Override
  public DatagramBatch newReceiveBatch(int largest) {
    return all.newReceiveBatch(largest);
  }

  @Override
  public void wakeUp() {
    all.wakeUp();
  }

  @Override
  public void close() throws IOException {
    all.close();
  }
}
