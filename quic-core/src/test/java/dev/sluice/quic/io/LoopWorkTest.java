package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.stream.SendStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much the loop does, counted at a poller of the test's own. */
@Timeout(60)
class LoopWorkTest {
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  private final ScriptedPoller poller = new ScriptedPoller();
  private final EventLoop loop = EventLoop.start("work", true, poller);
  private final SplittableRandom random = new SplittableRandom(3);

  @AfterEach
  void close() throws InterruptedException {
    loop.execute(() -> poller.sockets.forEach(socket -> socket.makeRoom(Integer.MAX_VALUE)));
    loop.close();
    assertTrue(loop.awaitEnd(60_000));
  }

  private void inLoop(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    done.join();
  }

  /** Several tasks may run in one turn; each turn ends with a wait. */
  private void turns(int count) {
    int goal = poller.waits.get() + count;
    while (poller.waits.get() < goal) {
      inLoop(() -> {});
    }
  }

  private QuicSocket open() throws Exception {
    return QuicSocket.open(loop, PEER, EndpointConfig.of(random.split()));
  }

  /** Thousands of tasks that come while the loop is busy need no wake-up, or one. */
  @Test
  void wakeUpsAreCoalesced() {
    turns(1);
    CompletableFuture<Void> go = new CompletableFuture<>();
    inLoop(
        () -> {
          int before = poller.wakeUps.get();
          for (int i = 0; i < 10_000; i++) {
            loop.execute(() -> {});
          }
          assertEquals(before, poller.wakeUps.get());
          go.complete(null);
        });
    go.join();
    int before = poller.wakeUps.get();
    CompletableFuture<Void> last = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                loop.execute(() -> {});
              }
              loop.execute(() -> last.complete(null));
            });
    last.join();
    int turns = poller.waits.get();
    assertTrue(poller.wakeUps.get() - before <= turns, "never two for one wait");
  }

  /** The peer can begin with the first of many things while the loop is busy with the others. */
  @Test
  void firstTasksAreSentBeforeTheLastAreRun() throws Exception {
    QuicSocket socket = open();
    turns(2);
    int[] sent = new int[1];
    CompletableFuture<Void> last = new CompletableFuture<>();
    inLoop(
        () -> {
          for (int i = 0; i < 100; i++) {
            socket.connect(PEER, TestPeers.client(random.split()), c -> on -> {});
          }
          loop.execute(
              () -> {
                sent[0] = poller.sockets.getFirst().sent.size();
                last.complete(null);
              });
        });
    last.join();
    assertTrue(sent[0] >= 50, sent[0] + " datagrams");
  }

  /** All that came in one call is taken in before anything is said, and that leaves in one call. */
  @Test
  void aBatchIsAnsweredInOneCall() throws Exception {
    Clients clients = new Clients(16);
    for (DatagramBatch out = clients.say(); out.count() > 0; out = clients.say()) {
      clients.hear(exchange(out));
    }
    for (Connection connection : clients.endpoint.connections()) {
      assertNotNull(connection.tls());
      SendStream stream = connection.openUni();
      stream.write(new byte[2000], 0, 2000); // two packets want an answer at once (§13.2.2)
      clients.endpoint.touch(connection);
    }
    inLoop(() -> poller.sockets.getFirst().receiveCalls = 0);
    exchange(clients.say());
    inLoop(
        () -> {
          ScriptedPoller.Socket system = poller.sockets.getFirst();
          assertEquals(1, system.receiveCalls);
          assertTrue(system.calls.getFirst() >= 16, system.calls::toString);
        });
  }

  /** Each client can go on while the server is at work for the next. */
  @Test
  void handshakesOfABatchAreAnsweredOneByOne() throws Exception {
    Clients clients = new Clients(16);
    DatagramBatch out = clients.say();
    assertTrue(out.count() >= 2 * 16, "a first flight is more than a datagram");
    exchange(out);
    inLoop(
        () -> {
          ScriptedPoller.Socket system = poller.sockets.getFirst();
          assertEquals(1, system.receiveCalls);
          assertTrue(system.calls.size() >= 16, system.calls::toString);
          assertTrue(system.calls.getFirst() >= 2, "a flight is answered when it is there");
        });
  }

  /** Takes datagrams to the server, all at once, and gives what it answers. */
  private DatagramBatch exchange(DatagramBatch datagrams) {
    ScriptedPoller.Socket system = poller.sockets.getFirst();
    inLoop(
        () -> {
          system.sent.clear();
          system.calls.clear();
          system.arrive(datagrams);
        });
    turns(3);
    DatagramBatch answers = new DatagramBatch(256, 2048);
    inLoop(
        () -> {
          for (byte[] datagram : system.sent) {
            System.arraycopy(datagram, 0, answers.buffer(), answers.nextOffset(), datagram.length);
            answers.add(datagram.length, PEER, system.localAddress(), 0);
          }
        });
    return answers;
  }

  /** So many clients of one server, at one address. */
  private final class Clients {
    final Endpoint endpoint = TestPeers.endpoint(random.split());

    Clients(int count) throws Exception {
      QuicSocket server = open();
      server.listen(TestPeers.server(random.split()), c -> on -> {});
      turns(2);
      ClientConfig config = TestPeers.client(random.split());
      for (int i = 0; i < count; i++) {
        endpoint.connect(PEER, server.localAddress(), config, 0);
      }
    }

    DatagramBatch say() {
      while (endpoint.nextTouched() != null) {
        // each gets to send
      }
      DatagramBatch out = new DatagramBatch(256, 2048);
      assertFalse(endpoint.send(0, out));
      return out;
    }

    void hear(DatagramBatch answers) {
      endpoint.receive(answers, 0);
    }
  }

  /** What a listener asks for happens before anything is sent about what it was told. */
  @Test
  void tasksOfListenersAreRunInTheSameTurn() throws Exception {
    QuicSocket socket = open();
    turns(2);
    List<Integer> waits = new ArrayList<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    ConnectionListener listener =
        on -> {
          if (on.transport().ending() != null) {
            waits.add(poller.waits.get());
            loop.execute(
                () -> {
                  waits.add(poller.waits.get());
                  done.complete(null);
                });
          }
        };
    socket.connect(PEER, TestPeers.client(random.split()), c -> listener).join();
    turns(2);
    inLoop(() -> poller.sockets.getFirst().refuse("nobody listens"));
    done.join();
    assertEquals(waits.getFirst(), waits.getLast());
  }

  /** Sockets that have nothing to do are not looked at, whoever else is busy. */
  @Test
  void idleSocketsCostNothing() throws Exception {
    for (int i = 0; i < 1000; i++) {
      open();
    }
    QuicSocket busy = open();
    turns(2);
    List<LoopConnection> connections = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      connections.add(busy.connect(PEER, TestPeers.client(random.split()), c -> on -> {}).join());
    }
    turns(100);
    for (int i = 0; i < 1000; i++) {
      assertEquals(1, poller.sockets.get(i).sendCalls, "its first turn, and no other");
    }
    assertTrue(poller.sockets.getLast().sendCalls >= 1);
  }

  /** A full buffer: nothing is lost, nothing comes twice, and the loop does not try in vain. */
  @Test
  void whatTheSystemHasNoRoomForWaits() throws Exception {
    QuicSocket socket = open();
    turns(2);
    ScriptedPoller.Socket system = poller.sockets.getFirst();
    inLoop(() -> system.room = 2);
    for (int i = 0; i < 6; i++) { // each has a first flight
      socket.connect(PEER, TestPeers.client(random.split()), c -> on -> {}).join();
    }
    turns(50);
    List<byte[]> first = new ArrayList<>();
    int[] calls = new int[1];
    inLoop(
        () -> {
          first.addAll(system.sent);
          calls[0] = system.sendCalls;
        });
    assertEquals(2, first.size());
    turns(50);
    inLoop(() -> assertEquals(calls[0], system.sendCalls, "no attempt while there is no room"));
    inLoop(() -> system.makeRoom(1));
    turns(3);
    inLoop(() -> system.makeRoom(Integer.MAX_VALUE));
    turns(20);
    inLoop(
        () -> {
          assertTrue(system.sent.size() >= 6, system.sent.size() + " datagrams");
          long different = system.sent.stream().map(HexFormat.of()::formatHex).distinct().count();
          assertEquals(system.sent.size(), different);
        });
  }

  /** The last of what it has taken says to the peers that it is over. */
  @Test
  void aSocketIsClosedBehindWhatItHasTaken() throws Exception {
    QuicSocket socket = open();
    turns(2);
    ScriptedPoller.Socket system = poller.sockets.getFirst();
    inLoop(() -> system.keeping = true);
    socket.connect(PEER, TestPeers.client(random.split()), c -> on -> {}).join();
    socket.close();
    turns(3);
    inLoop(() -> assertFalse(system.closed));
    inLoop(system::leave);
    turns(3);
    inLoop(() -> assertTrue(system.closed));
  }

  /** One of a socket's addresses gets more than a turn can take, all the time. */
  @Test
  void anAddressThatIsFloodedKeepsNoneFromBeingHeard() throws Exception {
    QuicSocket socket = open();
    socket.listen(TestPeers.server(random.split()), c -> on -> {});
    socket.listenAlsoAt(PEER, Binding.Sharing.ALONE);
    turns(2);
    ScriptedPoller.Socket flooded = poller.sockets.getFirst();
    ScriptedPoller.Socket other = poller.sockets.getLast();
    DatagramBatch one = new DatagramBatch(1, 1200);
    one.add(1200, null, PEER, 0);
    inLoop(
        () -> {
          flooded.endless = true;
          other.arrive(one);
        });
    turns(10);
    inLoop(
        () -> {
          flooded.endless = false;
          assertEquals(0, one.count(), "it was taken");
        });
  }
}
