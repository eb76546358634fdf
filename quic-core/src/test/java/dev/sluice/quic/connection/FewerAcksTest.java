package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** draft-ietf-quic-ack-frequency-12 between two connections. */
class FewerAcksTest {
  private final Simulation sim = new Simulation(1);

  /** Sends so much to the server; gives how many datagrams it was, and how many came back. */
  private double[] upload(Link there, Link back, int bytes) {
    Duo duo =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(20)));
    sim.route(duo.clientAddress, duo.serverAddress, there);
    sim.route(duo.serverAddress, duo.clientAddress, back);
    SendStream stream = duo.client.openUni();
    byte[] chunk = new byte[10_000];
    for (int left = bytes; left > 0; ) {
      left -= stream.write(chunk, 0, Math.min(left, chunk.length));
      duo.runFor(1);
      for (QuicEvent event : duo.serverEvents) {
        if (event instanceof QuicEvent.Readable(RecvStream in)) {
          while (in.read(chunk, 0, chunk.length) > 0) {}
        }
      }
      duo.serverEvents.clear();
    }
    duo.runFor(5000);
    assertEquals(bytes, stream.acknowledged());
    return new double[] {there.counts().sent, back.counts().sent};
  }

  @Test
  void aFastSenderIsSentFewAcknowledgments() {
    Link there = new Link().delay(Simulation.ms(20)).rate(50_000_000).queue(250_000);
    double[] datagrams = upload(there, new Link().delay(Simulation.ms(20)), 6_000_000);
    assertTrue(datagrams[1] < datagrams[0] / 6, () -> datagrams[1] + " for " + datagrams[0]);
  }

  @Test
  void lossesAreToldOfNonetheless() {
    Link there = new Link().delay(Simulation.ms(20)).rate(50_000_000).queue(250_000).loss(0.01);
    upload(there, new Link().delay(Simulation.ms(20)).loss(0.1), 3_000_000);
    assertTrue(sim.elapsed().compareTo(Duration.ofSeconds(15)) < 0, () -> "" + sim.elapsed());
  }

  /** §7: until it is known which of two delays is in force, probes wait for the longer one. */
  @Test
  void probesWaitForALongerDelayFromWhenItIsAskedFor() {
    Duo duo =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(20)));
    Link there = new Link().delay(Simulation.ms(20));
    sim.route(duo.clientAddress, duo.serverAddress, there);
    long[] least = {Long.MAX_VALUE};
    sim.always(
        () -> {
          Recovery recovery = duo.client.recovery;
          long counted = recovery.ptoNanos() - recovery.path().probeTimeout();
          long asked = duo.client.ackFrequency.peerMaxAckDelay();
          least[0] = Math.min(least[0], asked);
          assertTrue(counted >= asked, () -> counted + " ns, and it may be " + asked);
        });
    SendStream stream = duo.client.openUni();
    byte[] chunk = new byte[10_000];
    for (int i = 0; i < 3000; i++) {
      stream.write(chunk, 0, chunk.length);
      duo.runFor(1);
      for (QuicEvent.Readable event : Duo.events(duo.serverEvents, QuicEvent.Readable.class)) {
        while (event.stream().read(chunk, 0, chunk.length) > 0) {}
      }
      duo.serverEvents.clear();
      if (i == 1000) {
        there.delay(Simulation.ms(200));
      }
    }
    assertTrue(least[0] < duo.client.ackFrequency.peerMaxAckDelay(), "it was shorter before");
  }

  @Test
  void aWishOutOfRangeIsAnError() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    duo.toServer(duo.fromClient(SealedPackets.payload(new AckFrequencyFrame(0, 1, 999, 1))));
    TransportClose close = assertInstanceOf(TransportClose.class, duo.server.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
    assertTrue(close.reason().contains("999"), close::reason);
  }
}
