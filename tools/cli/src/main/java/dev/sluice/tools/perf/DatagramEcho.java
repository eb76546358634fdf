package dev.sluice.tools.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Keeps some datagrams under way and counts those that come back. Each carries the time at which it
 * was sent.
 */
final class DatagramEcho {
  /** After such a silence everything that is under way counts as lost. */
  private static final long LOST_MILLIS = 200;

  private final PerfConnection connection;
  private final int inFlight;
  private final int size;
  private final Semaphore room;

  DatagramEcho(PerfConnection connection, int inFlight, int size) {
    this.connection = connection;
    this.inFlight = inFlight;
    this.size = size;
    this.room = new Semaphore(inFlight);
  }

  void run(Meter meter, Histogram latencies) throws IOException, InterruptedException {
    Thread receiver = Thread.startVirtualThread(() -> receive(meter, latencies));
    try {
      while (meter.running()) {
        if (!room.tryAcquire(LOST_MILLIS, TimeUnit.MILLISECONDS)) {
          room.release(inFlight);
          continue;
        }
        byte[] datagram = new byte[size];
        ByteBuffer.wrap(datagram).putLong(System.nanoTime());
        if (!connection.sendDatagram(datagram)) {
          throw new IOException("a datagram of " + size + " bytes cannot be sent");
        }
      }
    } finally {
      receiver.interrupt();
      receiver.join();
    }
  }

  private void receive(Meter meter, Histogram latencies) {
    try {
      boolean more = true;
      while (more) {
        long sent = ByteBuffer.wrap(connection.receiveDatagram()).getLong();
        if (meter.counting()) {
          latencies.recordValue(Math.max(0, System.nanoTime() - sent));
        }
        more = meter.add(1);
        room.release();
      }
    } catch (IOException | InterruptedException e) {
      meter.end(); // the sender meets the same, or has ended it
    }
  }
}
