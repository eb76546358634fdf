package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;

/** The portable poller, on the JDK's selector. */
public final class SelectorPoller implements Poller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Datagrams taken in before they are answered. */
  private static final int BATCH = 64;

  private static final Consumer<SelectionKey> ON_READY = SelectorPoller::onReady;

  private final Selector selector;

  /** On the way between arrays and the system; one is enough, since one thread uses it. */
  private final ByteBuffer transfer = ByteBuffer.allocateDirect(65_536);

  /** For whole batches of all sockets. */
  private final SendingThread sending;

  /** Opens a poller. */
  public SelectorPoller() throws IOException {
    this.selector = Selector.open();
    this.sending = new SendingThread(selector::wakeup);
  }

  @Override
  public UdpSocket open(Binding binding) throws IOException {
    return DatagramChannelSocket.open(selector, transfer, sending, binding);
  }

  @Override
  public String description() {
    return DatagramChannelSocket.DESCRIPTION;
  }

  @Override
  public DatagramBatch newReceiveBatch(int largest) {
    return new DatagramBatch(BATCH, largest);
  }

  @Override
  public void await(long nanos) throws IOException {
    if (nanos <= 0) {
      selector.selectNow(ON_READY);
    } else if (nanos == Long.MAX_VALUE) {
      selector.select(ON_READY);
    } else {
      // Rounded up: a deadline that is missed by less than a millisecond does no harm, but one that
      // is met too early would make the loop spin.
      selector.select(ON_READY, (nanos - 1) / NANOS_PER_MILLI + 1);
    }
    sending.deliver();
  }

  private static void onReady(SelectionKey key) {
    try {
      ((DatagramChannelSocket) key.attachment()).onReady(key.readyOps());
    } catch (CancelledKeyException e) {
      // Closed since the system told of it: the sending thread does that too.
    }
  }

  @Override
  public void wakeUp() {
    selector.wakeup();
  }

  @Override
  public void close() throws IOException {
    sending.close();
    selector.close();
  }
}
