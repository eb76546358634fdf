package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.Bytes;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long what nobody has read outlives its connection, and what keeps it in memory. */
class UnreadStreamsTest {
  private static final TransportConfig KEEP_TEN_SECONDS =
      TransportConfig.DEFAULTS.withUnreadRetention(Duration.ofSeconds(10));

  private static long seconds(int n) {
    return n * 1_000_000_000L;
  }

  /** A client that a stateless reset has ended, with 100 bytes on stream 3. */
  private static Duo ended() {
    Duo duo = new Duo(KEEP_TEN_SECONDS, TransportConfig.DEFAULTS);
    duo.toClient(
        duo.fromServer(SealedPackets.payload(new StreamFrame(3, 0, Bytes.of(new byte[100]), true))),
        SealedPackets.statelessReset(duo.server, duo.sim.random()));
    Endpoint endpoint = duo.clientNode.endpoint();
    while (endpoint.nextTouched() != null) {}
    endpoint.send(duo.sim.now(), new DatagramBatch(1, 2048));
    assertTrue(endpoint.connections().isEmpty());
    return duo;
  }

  private static RecvStream stream(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.PeerOpened(RecvStream recv, var send)) {
        return recv;
      }
    }
    throw new AssertionError("no stream");
  }

  @Test
  void canBeReadForTheConfiguredTimeAndNotLonger() {
    Duo duo = ended();
    Endpoint endpoint = duo.clientNode.endpoint();
    RecvStream stream = stream(duo.client);
    long end = duo.sim.now();
    assertEquals(end + seconds(10), endpoint.nextDeadline());
    endpoint.onDeadline(end + seconds(10) - 1);
    assertEquals(40, stream.read(new byte[40], 0, 40));
    assertNull(stream.ending());
    endpoint.onDeadline(end + seconds(10));
    assertEquals(RecvStream.ENDED, stream.read(new byte[40], 0, 40));
    assertEquals(
        new StreamEnding.ConnectionEnded(new ConnectionEnding.StatelessReset()), stream.ending());
    assertEquals(Long.MAX_VALUE, endpoint.nextDeadline());
    assertNull(duo.client.unread());
  }

  @Test
  void nothingIsKeptWhenAllWasRead() {
    Duo duo = new Duo(KEEP_TEN_SECONDS, TransportConfig.DEFAULTS);
    duo.client.close(0, "");
    duo.runFor(10_000);
    assertTrue(duo.client.isEnded());
    assertEquals(Long.MAX_VALUE, duo.clientNode.endpoint().nextDeadline());
  }

  /** What a program holds of a connection that is over, with the endpoint that goes on. */
  private record Held(
      Endpoint endpoint, WeakReference<Connection> connection, RecvStream stream, long end) {}

  private static Held holdOnlyTheStream() {
    Duo duo = ended();
    return new Held(
        duo.clientNode.endpoint(),
        new WeakReference<>(duo.client),
        stream(duo.client),
        duo.sim.now());
  }

  private static void assertCollected(WeakReference<?> reference) {
    for (int i = 0; i < 50 && reference.get() != null; i++) {
      System.gc();
    }
    assertNull(reference.get(), "something still holds it");
  }

  @Test
  void theEndpointHoldsNoConnectionThatIsOver() {
    Held held = holdOnlyTheStream();
    assertCollected(held.connection());
    assertNotNull(held.stream());
    assertEquals(100, held.stream().available());
    held.endpoint().onDeadline(held.end() + seconds(10));
    assertEquals(0, held.stream().available(), "a stream alone is bounded in time as well");
  }

  @Test
  void whatTheApplicationLetsGoOfIsFreedAtOnce() {
    Held held = holdOnlyTheStream();
    WeakReference<RecvStream> stream = new WeakReference<>(held.stream());
    Endpoint endpoint = held.endpoint();
    long end = held.end();
    held = null;
    assertCollected(stream);
    assertEquals(end + seconds(10), endpoint.nextDeadline());
    endpoint.onDeadline(end + seconds(10));
    assertEquals(Long.MAX_VALUE, endpoint.nextDeadline());
  }
}
