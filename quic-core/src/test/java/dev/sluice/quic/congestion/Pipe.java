package dev.sluice.quic.congestion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * A bottleneck with a drop-tail queue and one flow that always has data, in a few lines: what a
 * controller does to it follows from the arithmetic alone. One acknowledgment a packet.
 */
final class Pipe {
  static final int SIZE = 1200;
  static final long MS = 1_000_000;

  private record Sent(
      long number, long sentTime, long inFlight, DeliverySnapshot snapshot, boolean lost) {}

  private record Due(long time, Sent packet) {}

  final CongestionController controller;
  long now = -3_600_000_000_000L;
  double bytesPerSecond;
  long roundTrip;
  long queueLimit;

  /** Whether the application has something to send. */
  boolean sending = true;

  /** Packets that get lost although there is room for them, by number. */
  LongPredicate drops = number -> false;

  /** All that were lost so far. */
  final List<SentPacket> losses = new ArrayList<>();

  long delivered;
  long lost;
  long latestRtt;
  long bytesInFlight;

  private final ArrayDeque<Due> acks = new ArrayDeque<>();
  private double busyUntil = now;
  private double nextSend = now;
  private long smoothed;
  long number;

  Pipe(CongestionController controller, double bytesPerSecond, long roundTripMillis, long queue) {
    this.controller = controller;
    this.bytesPerSecond = bytesPerSecond;
    this.roundTrip = roundTripMillis * MS;
    this.queueLimit = queue;
    this.smoothed = roundTrip;
  }

  void run(long millis) {
    long end = now + millis * MS;
    while (now < end) {
      boolean maySend = sending && bytesInFlight + SIZE <= controller.window();
      if (!sending) {
        controller.onApplicationLimited(bytesInFlight);
      }
      double send = maySend ? Math.max(nextSend, now) : Double.MAX_VALUE;
      long ack = acks.isEmpty() ? Long.MAX_VALUE : acks.peek().time;
      now = (long) Math.min(end, Math.min(Math.ceil(send), ack));
      if (now == ack) {
        acknowledge(acks.remove().packet);
      } else if (maySend && now >= send) {
        send();
      }
    }
  }

  private void send() {
    bytesInFlight += SIZE;
    DeliverySnapshot snapshot = controller.onPacketSent(SIZE, bytesInFlight, now);
    double waiting = Math.max(0, busyUntil - now) * bytesPerSecond / 1e9;
    boolean dropped = waiting + SIZE > queueLimit || drops.test(number);
    if (!dropped) {
      busyUntil = Math.max(busyUntil, now) + SIZE * 1e9 / bytesPerSecond;
    }
    Sent packet = new Sent(number++, now, bytesInFlight, snapshot, dropped);
    // A loss is found out when what was sent behind it is acknowledged.
    acks.add(new Due((long) Math.max(busyUntil, now) + roundTrip, packet));
    nextSend = Math.max(nextSend, now) + SIZE * 1e9 / controller.pacingRate(smoothed);
  }

  private void acknowledge(Sent packet) {
    bytesInFlight -= SIZE;
    SentPacket described =
        new SentPacket()
            .set(packet.number, SIZE, packet.sentTime, packet.inFlight, packet.snapshot);
    if (packet.lost) {
      lost += SIZE;
      losses.add(described);
      controller.onPacketLost(described, now);
      controller.onCongestionEvent(packet.sentTime, false, now);
      return;
    }
    delivered += SIZE;
    latestRtt = now - packet.sentTime;
    smoothed += (latestRtt - smoothed) / 8;
    controller.onPacketAcked(described);
    boolean full = bytesInFlight + 2 * SIZE > controller.window();
    controller.onAckProcessed(
        new AckSample(now, packet.sentTime, latestRtt, smoothed, bytesInFlight, full));
  }
}
