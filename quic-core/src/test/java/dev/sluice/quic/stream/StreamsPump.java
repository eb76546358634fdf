package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Two ends and a bad network between them: packets overtake each other, arrive twice, or never;
 * acknowledgements get lost too, so that what did arrive is taken for lost and sent again.
 */
final class StreamsPump {
  private static final long TURN = 1_000_000;

  private record Flight(StreamsEnd from, StreamsEnd to, StreamsEnd.Packet packet) {}

  final StreamsEnd client;
  final StreamsEnd server;
  private final Random random;
  private final int lossPercent;
  private final List<Flight> inFlight = new ArrayList<>();
  private long now;

  StreamsPump(Random random, int lossPercent, StreamConfig config) {
    this.random = random;
    this.lossPercent = lossPercent;
    client = new StreamsEnd(true, config, config.limits());
    server = new StreamsEnd(false, config, config.limits());
    client.streams.onRoundTrip(2 * TURN);
    server.streams.onRoundTrip(2 * TURN);
  }

  /** Sends some packets either way, and lets some of those on the way arrive or get lost. */
  void turn() {
    now += TURN;
    send(client, server);
    send(server, client);
    for (int n = random.nextInt(inFlight.size() + 1); n > 0; n--) {
      settle(inFlight.remove(random.nextInt(inFlight.size())));
    }
  }

  /** Lets the network work, without loss in the end, until neither side has anything to send. */
  void settleAll() {
    int turns = 0;
    do {
      turn();
      while (!inFlight.isEmpty()) {
        settle(inFlight.remove(inFlight.size() - 1));
      }
      assertTrue(++turns < 100_000, "it never comes to rest");
    } while (isBusy(client) || isBusy(server));
  }

  private static boolean isBusy(StreamsEnd end) {
    return end.streams.hasControl() || end.streams.hasData();
  }

  private void send(StreamsEnd from, StreamsEnd to) {
    for (int n = random.nextInt(12); n > 0; n--) {
      StreamsEnd.Packet packet = from.send(100 + random.nextInt(1300), now);
      if (packet == null) {
        return;
      }
      assertTrue(packet.payload().length > 0, "an empty packet");
      inFlight.add(new Flight(from, to, packet));
    }
  }

  private void settle(Flight flight) {
    boolean arrives = random.nextInt(100) >= lossPercent;
    if (arrives) {
      flight.to.receive(flight.packet, now);
      if (random.nextInt(8) == 0) {
        flight.to.receive(flight.packet, now);
      }
    }
    if (arrives && random.nextInt(100) >= lossPercent) {
      flight.from.acked(flight.packet);
    } else {
      flight.from.lost(flight.packet);
      if (arrives && random.nextBoolean()) {
        // The acknowledgement was only late.
        flight.from.acked(flight.packet);
      }
    }
  }
}
