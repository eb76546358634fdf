package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SiblingsTest {
  private final SplittableRandom random = new SplittableRandom(11);

  @Property(tries = 200)
  void anIdNamesTheOneThatIssuedIt(
      @ForAll @IntRange(min = 1, max = 64) int count,
      @ForAll @IntRange(min = 4, max = 20) int length,
      @ForAll Random bytes) {
    EndpointConfig config =
        EndpointConfig.of(new SplittableRandom(bytes.nextLong()))
            .withConnectionIds(ConnectionIdGenerator.random(length));
    Siblings siblings = Siblings.first(count, config.random());
    for (int i = 0; i < count; i++) {
      Routes routes = new Routes(config.withSiblings(siblings), null);
      ConnectionId id = routes.unused();
      assertEquals(length, id.length());
      assertEquals(i, siblings.owner(id));
      siblings = i + 1 < count ? siblings.next() : siblings;
    }
  }

  /** IDs of one endpoint have nothing in common that could be seen, and all issue as many. */
  @Test
  void everyByteTakesEveryValueWhoeverIssues() {
    Siblings second = Siblings.first(4, random).next();
    boolean[] seen = new boolean[256];
    int own = 0;
    for (int i = 0; i < 20_000; i++) {
      ConnectionId id = ConnectionIdGenerator.random(8).next(random);
      if (second.isOwn(id)) {
        seen[id.at(0) & 0xff] = true;
        own++;
      }
    }
    for (boolean value : seen) {
      assertTrue(value);
    }
    assertTrue(own > 4_700 && own < 5_300, own + " of 20,000 with four");
  }

  @Test
  void withoutIdsThereIsNothingToTell() {
    Siblings first = Siblings.first(4, random);
    for (Siblings one = first; one.number() < 3; one = one.next()) {
      assertTrue(one.isOwn(ConnectionId.EMPTY));
    }
  }

  @Test
  void thereAreOneToSixtyFour() {
    assertThrows(IllegalArgumentException.class, () -> Siblings.first(0, random));
    assertThrows(IllegalArgumentException.class, () -> Siblings.first(65, random));
    assertThrows(IllegalArgumentException.class, () -> Siblings.first(1, random).next());
  }

  // ---- with endpoints ----

  private record Stray(int owner, byte[] datagram) {}

  private final List<Stray> strays = new ArrayList<>();
  private final DatagramBatch batch = new DatagramBatch(64, 2048);

  private void deliver(Endpoint from, Endpoint to, int port) throws UnknownHostException {
    batch.clear();
    from.send(0, batch);
    DatagramBatch arriving = new DatagramBatch(64, 2048);
    InetSocketAddress remote =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), port);
    for (int i = 0; i < batch.count(); i++) {
      System.arraycopy(
          batch.buffer(),
          batch.offset(i),
          arriving.buffer(),
          arriving.nextOffset(),
          batch.length(i));
      arriving.add(batch.length(i), null, remote, 0);
    }
    to.receive(arriving, 0);
    for (Connection c = to.nextTouched(); c != null; c = to.nextTouched()) {
      while (c.nextEvent() instanceof QuicEvent) {}
    }
  }

  /**
   * What a client sends after its address has changed comes to another endpoint, which has the same
   * reset key and must not say what the reset token of a live connection is (RFC 9000 §21.11).
   */
  @Test
  @Requirement({"RFC9000-5.2.3#2", "RFC9000-21.11#1", "RFC9000-21.11#2"})
  void aDatagramForASiblingIsHandedOverAndNotAnswered() throws UnknownHostException {
    Siblings first = Siblings.first(2, random);
    EndpointConfig config = EndpointConfig.of(random);
    Endpoint owner = new Endpoint(config.withSiblings(first.next()));
    Endpoint other = new Endpoint(config.withSiblings(first));
    other.onStray(
        (number, in, index) ->
            strays.add(
                new Stray(
                    number,
                    Arrays.copyOfRange(
                        in.buffer(), in.offset(index), in.offset(index) + in.length(index)))));
    owner.listen(TestPeers.server(random.split()));
    other.listen(TestPeers.server(random.split()));
    Endpoint clients = TestPeers.endpoint(random.split());
    Connection client =
        clients.connect(
            null,
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 443),
            TestPeers.client(random.split()),
            0);
    clients.touch(client);
    clients.nextTouched();
    deliver(clients, owner, 1000);
    assertNotNull(owner.accept());
    for (int i = 0; i < 5; i++) {
      deliver(owner, clients, 443);
      clients.touch(client);
      while (clients.nextTouched() != null) {}
      deliver(clients, owner, 1000);
    }
    client.openUni().write(new byte[] {1, 2, 3}, 0, 3);
    clients.touch(client);
    while (clients.nextTouched() != null) {}
    deliver(clients, other, 2000);
    assertFalse(strays.isEmpty());
    assertEquals(1, strays.getFirst().owner());
    batch.clear();
    other.send(0, batch);
    assertEquals(0, batch.count(), "no stateless reset");
    assertNull(other.accept());
    // And the owner knows what to do with it.
    int known = owner.connections().size();
    DatagramBatch handed = new DatagramBatch(4, 2048);
    byte[] datagram = strays.getFirst().datagram();
    System.arraycopy(datagram, 0, handed.buffer(), 0, datagram.length);
    handed.add(datagram.length, null, new InetSocketAddress("10.0.0.1", 2000), 0);
    owner.receive(handed, 0);
    Connection touched = owner.nextTouched();
    assertNotNull(touched);
    assertEquals(known, owner.connections().size());
    boolean opened = false;
    for (QuicEvent e = touched.nextEvent(); e != null; e = touched.nextEvent()) {
      opened |= e instanceof QuicEvent.PeerOpened;
    }
    assertTrue(opened);
  }
}
