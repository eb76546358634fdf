package dev.sluice.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RelayTest {
  private DatagramSocket client;
  private DatagramSocket server;
  private DatagramSocket other;

  @BeforeEach
  void open() throws IOException {
    client = socket();
    server = socket();
    other = socket();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    other.close();
  }

  private static DatagramSocket socket() throws IOException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static InetSocketAddress addressOf(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static void send(DatagramSocket from, SocketAddress to, int content) throws IOException {
    from.send(new DatagramPacket(new byte[] {(byte) content}, 1, to));
  }

  /** Receives a datagram with this content, and tells where it comes from. */
  private static SocketAddress receive(DatagramSocket at, int content) throws IOException {
    DatagramPacket got = new DatagramPacket(new byte[10], 10);
    at.receive(got);
    assertEquals(content, got.getData()[0]);
    return got.getSocketAddress();
  }

  @Test
  void answersFindTheirWayAfterRebinding() throws IOException {
    try (Relay relay = Relay.start(addressOf(server), new Link(), new Link(), 1)) {
      send(client, relay.address(), 1);
      SocketAddress first = receive(server, 1);
      relay.rebind(true);
      send(client, relay.address(), 2);
      SocketAddress second = receive(server, 2);
      assertNotEquals(first, second);
      send(server, first, 3);
      send(server, second, 4);
      assertEquals(relay.address(), receive(client, 4));
    }
  }

  @Test
  void whatIsPastANatArrivesFromTheOldPort() throws IOException, InterruptedException {
    Link toServer = new Link().delay(Duration.ofMillis(50));
    try (Relay relay = Relay.start(addressOf(server), toServer, new Link(), 1)) {
      CountDownLatch entered = new CountDownLatch(1);
      relay.watch(
          new Watcher() {
            @Override
            public void sent(long now, Datagram datagram) {
              entered.countDown();
            }
          });
      send(client, relay.address(), 1);
      entered.await();
      relay.rebind(false);
      send(client, relay.address(), 2);
      SocketAddress first = receive(server, 1);
      assertNotEquals(first, receive(server, 2));
    }
  }

  @Test
  void serversShareTheLinks() throws IOException {
    Link toServers = new Link();
    try (Relay relay = Relay.start(addressOf(server), toServers, new Link(), 1)) {
      InetSocketAddress toOther = relay.join(addressOf(other));
      send(client, relay.address(), 1);
      send(client, toOther, 2);
      send(server, receive(server, 1), 3);
      receive(client, 3);
      send(other, receive(other, 2), 4);
      assertEquals(toOther, receive(client, 4));
      relay.change(() -> assertEquals(2, toServers.counts().sent));
    }
  }

  @Test
  void aWatcherSeesWhatTheServerSees() throws IOException {
    List<Datagram> sent = new CopyOnWriteArrayList<>();
    List<Datagram> arrived = new CopyOnWriteArrayList<>();
    Link toServer = new Link().drop(datagram -> datagram.number() == 0);
    try (Relay relay = Relay.start(addressOf(server), toServer, new Link(), 1)) {
      relay.watch(
          new Watcher() {
            @Override
            public void sent(long now, Datagram datagram) {
              sent.add(datagram);
            }

            @Override
            public void arrived(long now, Datagram datagram) {
              arrived.add(datagram);
            }
          });
      send(client, relay.address(), 1);
      send(client, relay.address(), 2);
      SocketAddress seen = receive(server, 2);
      assertEquals(2, sent.size());
      assertEquals(1, arrived.size());
      assertEquals(seen, arrived.getFirst().source());
      assertEquals(addressOf(server), arrived.getFirst().destination());
    }
  }
}
