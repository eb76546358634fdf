package dev.sluice.bench.pump;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** Builds flights and sends them, as fast as the socket takes them. */
final class PumpSender implements Runnable {
  private final Poller poller;
  private final UdpSocket socket;
  private final InetSocketAddress to;
  private final Packets packets;
  private final DatagramBatch batch = new DatagramBatch(Packets.FLIGHT, Packets.SIZE);
  private volatile long sent;

  PumpSender(Poller poller, UdpSocket socket, InetSocketAddress to, Packets packets) {
    this.poller = poller;
    this.socket = socket;
    this.to = to;
    this.packets = packets;
  }

  /** Packets that the socket has taken. Any thread. */
  long packets() {
    return sent;
  }

  @Override
  public void run() {
    try {
      long count = 0;
      while (true) {
        batch.clear();
        packets.build(batch.buffer(), batch.nextOffset(), Packets.FLIGHT);
        for (int i = 0; i < Packets.FLIGHT; i++) {
          batch.add(Packets.SIZE, null, to, 0);
        }
        for (int from = 0; from < batch.count(); ) {
          from = socket.send(batch, from);
          if (from < batch.count()) {
            poller.await(Long.MAX_VALUE);
          }
        }
        count += Packets.FLIGHT;
        sent = count;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
