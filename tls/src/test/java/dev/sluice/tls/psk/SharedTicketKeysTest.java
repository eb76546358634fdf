package dev.sluice.tls.psk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SharedTicketKeysTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final byte[] STATE = "state".getBytes();

  private static byte[] key(int number) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) number);
    return key;
  }

  private static SharedTicketKeys keys(int... numbers) {
    return new SharedTicketKeys(
        Arrays.stream(numbers).mapToObj(SharedTicketKeysTest::key).toList(), new Random(1));
  }

  @Test
  void serversWithTheSameKeysOpenEachOthersTickets() {
    byte[] ticket = keys(1).protect(STATE, NOW);
    assertArrayEquals(STATE, keys(1).open(ticket, NOW));
    assertArrayEquals(STATE, keys(2, 1).open(ticket, NOW));
    assertNull(keys(2).open(ticket, NOW));
  }

  @Test
  void theFirstKeySealsAndTheOthersOpenUntilTheyAreTakenAway() {
    SharedTicketKeys keys = keys(1);
    byte[] old = keys.protect(STATE, NOW);
    keys.rotate(key(2), 1);
    byte[] next = keys.protect(STATE, NOW);
    assertNotNull(keys.open(old, NOW));
    assertNull(keys(1).open(next, NOW), "sealed with the new key");
    keys.rotate(key(3), 1);
    assertNull(keys.open(old, NOW));
    assertNotNull(keys.open(next, NOW));
    keys.replace(List.of(key(1)));
    assertNotNull(keys.open(old, NOW));
  }

  @Property(tries = 300)
  void whatIsNoTicketDoesNotOpen(@ForAll byte[] bytes) {
    assertNull(keys(1).open(bytes, NOW));
  }

  @Property(tries = 200)
  void anAlteredTicketDoesNotOpen(@ForAll int at) {
    byte[] ticket = keys(1).protect(STATE, NOW);
    ticket[Math.floorMod(at, ticket.length)] ^= 1;
    assertNull(keys(1).open(ticket, NOW));
  }

  @Test
  void keysHave32Bytes() {
    assertThrows(IllegalArgumentException.class, () -> keys());
    assertThrows(
        IllegalArgumentException.class,
        () -> new SharedTicketKeys(List.of(new byte[16]), new Random(1)));
  }
}
