package dev.sluice.interop.runner;

import dev.sluice.network.Datagram;
import dev.sluice.network.RelaySockets;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.linux.LinuxIo;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sockets for a relay that carry ECN marks on, where Java's would lose them: Linux' own. */
final class MarkingSockets implements RelaySockets {
  private static final int LARGEST = 65_535;

  private final Poller poller = LinuxIo.open();
  private final DatagramBatch incoming = poller.newReceiveBatch(LARGEST);
  private final DatagramBatch outgoing = new DatagramBatch(1, LARGEST);
  private final List<MarkingPort> ports = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  MarkingSockets() throws IOException {}

  private final class MarkingPort implements Port {
    private final UdpSocket socket;
    private final Arrivals arrivals;
    private volatile boolean open = true;

    MarkingPort(UdpSocket socket, Arrivals arrivals) {
      this.socket = socket;
      this.arrivals = arrivals;
    }

    @Override
    public InetSocketAddress address() {
      return socket.localAddress();
    }

    @Override
    public void send(Datagram datagram, InetSocketAddress to) {
      outgoing.clear();
      byte[] bytes = datagram.bytes();
      System.arraycopy(bytes, 0, outgoing.buffer(), outgoing.nextOffset(), bytes.length);
      outgoing.add(bytes.length, null, to, datagram.ecn());
      socket.send(outgoing, 0); // what finds no room is lost
    }

    /** The waiting thread closes the socket itself, since nobody else may use it. */
    @Override
    public void close() {
      open = false;
      poller.wakeUp();
    }

    void receive() throws IOException {
      while (open && socket.isReadable()) {
        incoming.clear();
        socket.receive(incoming);
        for (int i = 0; i < incoming.count(); i++) {
          byte[] bytes = new byte[incoming.length(i)];
          System.arraycopy(incoming.buffer(), incoming.offset(i), bytes, 0, bytes.length);
          arrivals.arrived(incoming.remote(i), bytes, incoming.ecn(i));
        }
      }
    }
  }

  @Override
  public Port open(InetSocketAddress local, Arrivals arrivals) throws IOException {
    MarkingPort port = new MarkingPort(poller.open(Binding.alone(local, null)), arrivals);
    ports.add(port);
    poller.wakeUp();
    return port;
  }

  @Override
  public boolean await(long nanos) throws IOException {
    if (!closed) {
      poller.await(nanos);
    }
    for (MarkingPort port : ports) {
      port.receive();
      if (!port.open || closed) {
        port.open = false;
        ports.remove(port);
        port.socket.close();
      }
    }
    if (closed) {
      poller.close();
    }
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    poller.wakeUp();
  }
}
