package dev.sluice.bench.micro;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.tls.SessionTicket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A client and a server in one thread, who hand each other their batches. What arrives takes no
 * time; when neither has anything to say the clock goes to the next deadline.
 */
final class MemoryPair {
  private static final int SIZE = 1452;
  private static final int CAPACITY = 64;

  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4433);

  private final Endpoint clientEnd;
  private final Endpoint serverEnd;
  private final ClientConfig clientConfig;
  private final DatagramBatch sent = new DatagramBatch(CAPACITY, SIZE);
  private final DatagramBatch arriving = new DatagramBatch(CAPACITY, SIZE);
  private final byte[] chunk = new byte[1 << 16];
  private long now;
  private Connection client;
  private boolean confirmed;
  private SessionTicket ticket;
  private SendStream sending;
  private long toSend;
  private long received;
  private boolean finished;

  MemoryPair(SplittableRandom random, ClientConfig forClient, ServerConfig forServer) {
    TransportConfig transport = TransportConfig.DEFAULTS.withInitialDatagramSize(SIZE);
    clientEnd = new Endpoint(EndpointConfig.of(random.split()));
    serverEnd = new Endpoint(EndpointConfig.of(random.split()));
    serverEnd.listen(forServer.withTransport(transport));
    clientConfig = forClient.withTransport(transport);
  }

  /** Opens a connection, and carries its handshake to its confirmation. */
  MemoryPair handshake() {
    return handshake(clientConfig);
  }

  /** The same with the last ticket that the server gave. */
  MemoryPair resume() {
    return handshake(clientConfig.withTls(clientConfig.tls().toBuilder().ticket(ticket).build()));
  }

  private MemoryPair handshake(ClientConfig config) {
    confirmed = false;
    client = clientEnd.connect(null, SERVER, config, now);
    run(() -> confirmed);
    return this;
  }

  /** Closes the connection, and lets the time go by after which both sides have forgotten it. */
  void close() {
    client.close(0, "");
    clientEnd.touch(client);
    run(() -> clientEnd.connections().isEmpty() && serverEnd.connections().isEmpty());
  }

  /** Whether the connection has resumed a session. */
  boolean isResumed() {
    return client.tls().resumed();
  }

  /** Sends so many bytes from client to server on a fresh stream, to its end. */
  long upload(long bytes) {
    sending = client.openUni();
    toSend = bytes;
    received = 0;
    finished = false;
    write();
    clientEnd.touch(client);
    run(() -> finished);
    return received;
  }

  private void write() {
    while (toSend > 0) {
      int taken = sending.write(chunk, 0, (int) Math.min(chunk.length, toSend));
      if (taken == 0) {
        return;
      }
      toSend -= taken;
    }
    sending.finish();
  }

  private void run(BooleanSupplier reached) {
    while (!reached.getAsBoolean()) {
      boolean moved = carry(clientEnd, CLIENT, serverEnd, SERVER);
      moved |= carry(serverEnd, SERVER, clientEnd, CLIENT);
      if (!moved && !reached.getAsBoolean()) {
        long next = Math.min(clientEnd.nextDeadline(), serverEnd.nextDeadline());
        if (next == Long.MAX_VALUE) {
          throw new IllegalStateException("it goes no further: " + client.ending());
        }
        now = Math.max(now, next);
        clientEnd.onDeadline(now);
        serverEnd.onDeadline(now);
      }
    }
  }

  private boolean carry(
      Endpoint from, InetSocketAddress source, Endpoint to, InetSocketAddress target) {
    boolean moved = false;
    boolean more = true;
    react(from); // whoever was touched gets to send
    while (more) {
      sent.clear();
      more = from.send(now, sent);
      arriving.clear();
      for (int i = 0; i < sent.count(); i++) {
        System.arraycopy(
            sent.buffer(),
            sent.offset(i),
            arriving.buffer(),
            arriving.nextOffset(),
            sent.length(i));
        arriving.add(sent.length(i), target, source, 0);
      }
      if (arriving.count() > 0) {
        moved = true;
        to.receive(arriving, now);
        react(to);
      }
    }
    return moved;
  }

  private void react(Endpoint endpoint) {
    while (endpoint.accept() != null) {
      // its events come by themselves
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      for (QuicEvent event = c.nextEvent(); event != null; event = c.nextEvent()) {
        on(event);
      }
    }
  }

  private void on(QuicEvent event) {
    switch (event) {
      case QuicEvent.HandshakeConfirmed e -> confirmed = true;
      case QuicEvent.NewSessionTicket(SessionTicket given) -> ticket = given;
      case QuicEvent.Readable(RecvStream in) -> read(in);
      case QuicEvent.Writable e -> write();
      default -> {}
    }
  }

  private void read(RecvStream in) {
    int n = in.read(chunk, 0, chunk.length);
    while (n > 0) {
      received += n;
      n = in.read(chunk, 0, chunk.length);
    }
    finished |= n == RecvStream.ENDED;
  }
}
