package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.connection.PathStats;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.SelectorPoller;
import dev.sluice.quic.io.udp.TooLarge;
import dev.sluice.quic.io.udp.UdpSocket;
import dev.sluice.quic.recovery.MtuDiscovery;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host whose interface takes less than was hoped for, and says so. */
@Timeout(60)
class NarrowWayTest {
  private static final int WIDTH = 1300;

  private final AtomicInteger refused = new AtomicInteger();
  private final Set<Integer> refusedSizes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger largest = new AtomicInteger();

  /** Whether the host may take datagrams apart. */
  private boolean fragments;

  /** What is looked at while the connection is open. */
  private interface Then {
    void check(QuicConnection connection);
  }

  @Test
  @Requirement("RFC8899-3#2")
  void whatTheSystemFindsTooLargeIsNotLookedForAgain() throws Exception {
    transfer(
        connection -> {
          PathStats path = connection.stats().activePath();
          while (path.mtuDiscovery() != MtuDiscovery.State.SEARCH_COMPLETE) {
            path = connection.stats().activePath();
          }
          assertTrue(path.maxDatagramSize() <= WIDTH, path.toString());
          assertTrue(path.maxDatagramSize() > WIDTH - 40, path.toString());
          assertEquals(path.maxDatagramSize(), largest.get());
        });
    assertFalse(refusedSizes.isEmpty());
    assertEquals(refusedSizes.size(), refused.get(), "no size was tried twice");
  }

  /** A probe that was put together again on the way would tell nothing. */
  @Test
  @Requirement("RFC9000-14#2")
  void noLargerDatagramsAreTriedWhereTheyMayBeFragmented() throws Exception {
    fragments = true;
    transfer(
        connection ->
            assertEquals(
                MtuDiscovery.State.DISABLED, connection.stats().activePath().mtuDiscovery()));
    assertEquals(1200, largest.get());
    assertEquals(0, refused.get());
  }

  private void transfer(Then then) throws Exception {
    TransportConfig wide =
        TransportConfig.DEFAULTS
            .withHandshakeTimeout(Duration.ofMinutes(1))
            .withMaxDatagramSize(1452)
            .withMtuDiscovery(true);
    Poller all = new SelectorPoller();
    EventLoop narrow =
        EventLoop.start("narrow", true, new AlteredPoller(all, NarrowSocket::new, all::await));
    try (QuicServer server =
            QuicServer.builder()
                .identity(TestPeers.IDENTITY)
                .applicationProtocols("test")
                .transport(wide)
                .tls(tls -> tls.clock(TestPeers.CLOCK))
                .start();
        QuicClient client =
            QuicClient.builder()
                .remote(server.localAddress())
                .serverName("localhost")
                .applicationProtocols("test")
                .transport(wide)
                .certificateVerifier(
                    PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
                .tls(tls -> tls.clock(TestPeers.CLOCK))
                .tracer(() -> this::onTrace)
                .eventLoop(narrow)
                .build()) {
      QuicConnection connection = client.connect();
      QuicStream stream = connection.openUnidirectional();
      Thread.startVirtualThread(() -> write(stream));
      QuicStream arriving = server.accept().acceptStream();
      assertEquals(2_000_000, arriving.inputStream().readAllBytes().length);
      then.check(connection);
    } finally {
      narrow.close();
    }
  }

  /**
   * A server that does not answer for long, as on a busy machine, may be behind a way that has
   * changed: what was found is forgotten, and sizes are tried that were tried before.
   */
  private void onTrace(long now, TraceEvent event) {
    if (event instanceof TraceEvent.MtuUpdated updated && updated.now() < updated.before()) {
      refused.set(0);
      refusedSizes.clear();
    }
  }

  private static void write(QuicStream stream) {
    try (OutputStream out = stream.outputStream()) {
      out.write(new byte[2_000_000]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private final class NarrowSocket implements UdpSocket {
    private final UdpSocket all;
    private TooLarge tooLarge;

    NarrowSocket(UdpSocket all) {
      this.all = all;
    }

    @Override
    public int send(DatagramBatch batch, int from) {
      DatagramBatch fitting = new DatagramBatch(batch.count(), batch.slotSize());
      for (int i = from; i < batch.count(); i++) {
        if (batch.length(i) > WIDTH) {
          refused.incrementAndGet();
          refusedSizes.add(batch.length(i));
          tooLarge.onDatagramTooLarge(batch, i);
        } else {
          largest.accumulateAndGet(batch.length(i), Math::max);
          System.arraycopy(
              batch.buffer(),
              batch.offset(i),
              fitting.buffer(),
              fitting.nextOffset(),
              batch.length(i));
          fitting.add(batch.length(i), null, batch.remote(i), 0);
        }
      }
      all.send(fitting, 0); // what does not fit into the buffer is lost
      return batch.count();
    }

    @Override
    public boolean forbidsFragments() {
      return !fragments;
    }

    @Override
    public void onTooLarge(TooLarge listener) {
      tooLarge = listener;
    }

    @Override
    public InetSocketAddress localAddress() {
      return all.localAddress();
    }

    @Override
    public String description() {
      return "narrow";
    }

    @Override
    public boolean isReadable() {
      return all.isReadable();
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void receive(DatagramBatch into) throws IOException {
      all.receive(into);
    }

    @Override
    public boolean isDrained() {
      return true;
    }

    @Override
    public String takeRefusal() {
      return all.takeRefusal();
    }

    @Override
    public void onReady(Runnable listener) {
      all.onReady(listener);
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
