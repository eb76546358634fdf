package dev.sluice.bench.pump;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SealedPacketsTest {
  @Test
  void whatIsBuiltOpens() {
    SealedPackets sender = new SealedPackets();
    SealedPackets receiver = new SealedPackets();
    byte[] flight = new byte[Packets.FLIGHT * Packets.SIZE];
    byte[] target = new byte[Packets.SIZE];
    for (int round = 0; round < 3; round++) {
      sender.build(flight, 0, Packets.FLIGHT);
      for (int i = 0; i < Packets.FLIGHT; i++) {
        assertEquals(
            sender.payload(), receiver.open(flight, i * Packets.SIZE, Packets.SIZE, target));
      }
    }
    flight[100] ^= 1;
    assertEquals(-1, receiver.open(flight, 0, Packets.SIZE, target));
  }
}
