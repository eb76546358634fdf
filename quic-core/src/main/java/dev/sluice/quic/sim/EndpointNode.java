package dev.sluice.quic.sim;

import dev.sluice.network.Node;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.endpoint.Endpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A QUIC endpoint on the simulated network, with an application on each of its connections. */
public final class EndpointNode implements Node {
  private static final int MAX_DATAGRAM = 65_536;

  private Endpoint endpoint;
  private final Consumer<Connection> application;
  private final DatagramBatch one = new DatagramBatch(1, MAX_DATAGRAM);
  private final DatagramBatch batch = new DatagramBatch(64, 2048);
  private final List<Connection> accepted = new ArrayList<>();

  /**
   * @param application called when a connection may have events; it takes them until there are none
   */
  public EndpointNode(Endpoint endpoint, Consumer<Connection> application) {
    this.endpoint = endpoint;
    this.application = application;
  }

  /** The endpoint. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The process dies, and another takes its place that knows of no connection. */
  public void restart(Endpoint another) {
    endpoint = another;
  }

  /** The connections that peers opened, in order. */
  public List<Connection> accepted() {
    return accepted;
  }

  @Override
  public void receive(
      byte[] buffer,
      int offset,
      int length,
      InetSocketAddress local,
      InetSocketAddress remote,
      int ecn,
      long now) {
    if (length > one.slotSize()) {
      return;
    }
    one.clear();
    System.arraycopy(buffer, offset, one.buffer(), one.nextOffset(), length);
    one.add(length, local, remote, ecn);
    endpoint.receive(one, now);
    react();
  }

  @Override
  public void send(long now, Outbox out) {
    react();
    boolean more;
    do {
      batch.clear();
      more = endpoint.send(now, batch);
      for (int i = 0; i < batch.count(); i++) {
        out.send(
            batch.buffer(),
            batch.offset(i),
            batch.length(i),
            batch.local(i),
            batch.remote(i),
            batch.ecn(i));
      }
    } while (more);
  }

  @Override
  public long nextDeadline() {
    return endpoint.nextDeadline();
  }

  @Override
  public void onDeadline(long now) {
    endpoint.onDeadline(now);
    react();
  }

  private void react() {
    for (Connection c = endpoint.accept(); c != null; c = endpoint.accept()) {
      accepted.add(c);
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      application.accept(c);
    }
  }
}
