package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * What sending and receiving a packet allocates beside what the JDK's ciphers do: these are
 * replaced by one that allocates nothing. Whether code is compiled makes little difference: what it
 * makes and lets go of at once is not there to be saved.
 */
class PacketAllocationTest {
  private static final long MIB = 1 << 20;

  /**
   * What javax.crypto wants to be handed with a nonce: 24 bytes of a GCMParameterSpec, and 32 of
   * the nonce that it copies; once to seal the packet, and once to open it.
   */
  private static final long PARAMETERS = 2 * (24 + 32);

  /**
   * The smallest object has 16 bytes, so that one for each packet is too much. What is made for
   * each batch or flight comes to 3: events, ACK frames and their ranges.
   */
  private static final long BOUND = PARAMETERS + 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** One address serves for both ends, so that a batch can go from one to the other as it is. */
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4433);

  private final SplittableRandom random = new SplittableRandom(1);
  private final DatagramBatch batch = new DatagramBatch(64, 1500);
  private final byte[] chunk = new byte[1 << 16];
  private final Endpoint clientEnd = TestPeers.endpoint(random.split());
  private final Endpoint serverEnd = TestPeers.endpoint(random.split());
  private long now;
  private Connection client;
  private Connection server;
  private SendStream sending;
  private long toSend;
  private long received;

  @Test
  void aPacketLeavesNoGarbage() {
    try (CopyingCipher.Installed ciphers = new CopyingCipher.Installed()) {
      assertEquals("Copying", ciphers.getName());
      connect();
      carry(16 * MIB); // windows, rings and pools have their sizes
      long packets = packets();
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      carry(32 * MIB);
      bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
      packets = packets() - packets;
      assertTrue(packets > 32 * MIB / 1500, packets + " packets");
      assertTrue(bytes < BOUND * packets, bytes / packets + " bytes for a packet");
    }
  }

  private long packets() {
    return client.stats().packetsSent() + server.stats().packetsSent();
  }

  private void connect() {
    serverEnd.listen(TestPeers.server(random.split()));
    client = clientEnd.connect(null, HERE, TestPeers.client(random.split()), now);
    run(() -> client.handshake.isConfirmed());
    sending = client.openUni();
  }

  private void carry(long bytes) {
    long goal = received + bytes;
    toSend = bytes;
    write();
    clientEnd.touch(client);
    run(() -> received == goal);
  }

  private void run(BooleanSupplier reached) {
    while (!reached.getAsBoolean()) {
      boolean moved = carry(clientEnd, serverEnd);
      moved |= carry(serverEnd, clientEnd);
      if (!moved) {
        now = Math.max(now, Math.min(clientEnd.nextDeadline(), serverEnd.nextDeadline()));
        clientEnd.onDeadline(now);
        serverEnd.onDeadline(now);
      }
    }
  }

  private boolean carry(Endpoint from, Endpoint to) {
    react(from);
    boolean moved = false;
    boolean more = true;
    while (more) {
      batch.clear();
      more = from.send(now, batch);
      moved |= batch.count() > 0;
      to.receive(batch, now);
      react(to);
    }
    return moved;
  }

  private void react(Endpoint endpoint) {
    for (Connection c = endpoint.accept(); c != null; c = endpoint.accept()) {
      server = c;
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      for (QuicEvent event = c.nextEvent(); event != null; event = c.nextEvent()) {
        switch (event) {
          case QuicEvent.Readable(RecvStream in) -> read(in);
          case QuicEvent.Writable e -> write();
          default -> {}
        }
      }
    }
  }

  private void write() {
    int taken = 1;
    while (toSend > 0 && taken > 0) {
      taken = sending.write(chunk, 0, (int) Math.min(chunk.length, toSend));
      toSend -= taken;
    }
  }

  private void read(RecvStream in) {
    for (int n = in.read(chunk, 0, chunk.length); n > 0; n = in.read(chunk, 0, chunk.length)) {
      received += n;
    }
  }
}
