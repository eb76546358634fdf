package dev.sluice.bench.pump;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Receives, opens, and copies out. */
final class PumpReceiver implements Runnable {
  private final Poller poller;
  private final UdpSocket socket;
  private final Packets packets;
  private final byte[] application = new byte[Packets.SIZE];
  private volatile long bytes;
  private volatile long count;

  PumpReceiver(Poller poller, UdpSocket socket, Packets packets) {
    this.poller = poller;
    this.socket = socket;
    this.packets = packets;
  }

  /** Application bytes that came out. Any thread. */
  long bytes() {
    return bytes;
  }

  /** Packets that came out. Any thread. */
  long packets() {
    return count;
  }

  @Override
  public void run() {
    try {
      DatagramBatch batch = poller.newReceiveBatch(Packets.SIZE);
      while (true) {
        batch.clear();
        if (socket.isReadable()) {
          socket.receive(batch);
        } else {
          poller.await(Long.MAX_VALUE);
        }
        take(batch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(DatagramBatch batch) {
    long opened = 0;
    long taken = 0;
    for (int i = 0; i < batch.count(); i++) {
      int length = packets.open(batch.buffer(), batch.offset(i), batch.length(i), application);
      if (length >= 0) {
        opened += length;
        taken++;
      }
    }
    if (taken > 0) {
      bytes += opened;
      count += taken;
    }
  }
}
