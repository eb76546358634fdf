package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Simulation;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.SessionTicket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where 0-RTT packets are acknowledged (RFC 9000 §13.2.6). */
class EarlyAcksTest {
  private final EarlyVisits visits = new EarlyVisits(new Simulation(1));
  private final List<PacketLog> logs = new ArrayList<>();

  private static Set<Long> acknowledged(AckRanges ranges) {
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < ranges.count(); i++) {
      for (long n = ranges.smallest(i); n <= ranges.largest(i); n++) {
        numbers.add(n);
      }
    }
    return numbers;
  }

  @Test
  @Requirement("RFC9000-13.2.6#3")
  void under1RttKeysAlone() {
    visits.server =
        visits.server.withTracer(
            () -> {
              PacketLog log = new PacketLog();
              logs.add(log);
              return log;
            });
    SessionTicket ticket = visits.ticket();
    Connection connection = visits.revisit(ticket);
    byte[] message = new byte[5000];
    long id = visits.send(connection, message);
    visits.sim.run(Duration.ofSeconds(5), () -> visits.isEchoed(id, message));
    visits.sim.runFor(Duration.ofMillis(200));
    PacketLog log = logs.getLast();
    Set<Long> early = new HashSet<>();
    log.received().stream()
        .filter(p -> p.type() == PacketType.ZERO_RTT && p.elicitsAck())
        .forEach(p -> early.add(p.number()));
    assertTrue(early.size() > 3, early::toString);
    Set<Long> inOneRtt = new HashSet<>();
    for (PacketLog.Packet packet : log.sent()) {
      assertFalse(packet.type() == PacketType.ZERO_RTT);
      packet.frames().stream()
          .filter(frame -> frame instanceof AckFrame && packet.type() == PacketType.ONE_RTT)
          .forEach(frame -> inOneRtt.addAll(acknowledged(((AckFrame) frame).ranges())));
    }
    early.removeAll(inOneRtt);
    assertEquals(Set.of(), early, "not acknowledged");
    assertEquals(0, connection.stats().packetsLost());
  }
}
