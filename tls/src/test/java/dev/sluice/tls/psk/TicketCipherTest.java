package dev.sluice.tls.psk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.TicketProtector;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TicketCipherTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final String AES_GCM = "AES/GCM/NoPadding";

  /** Comes before the JDK's own provider, and gives out its ciphers, counting them. */
  private static final class Counting extends Provider implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    private int made;

    Counting() {
      super("Counting", "1", "the JDK's AES-GCM, counted");
      Service real = Security.getProvider("SunJCE").getService("Cipher", AES_GCM);
      putService(
          new Service(this, "Cipher", AES_GCM, real.getClassName(), null, null) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
              made++;
              return real.newInstance(parameter);
            }
          });
      Security.insertProviderAt(this, 1);
    }

    @Override
    public void close() {
      Security.removeProvider(getName());
    }
  }

  /** Finding a cipher takes longer than sealing a ticket with it. */
  private static void takesOneCipherForAll(TicketProtector protector) {
    try (Counting ciphers = new Counting()) {
      protector.protect(new byte[1], NOW);
      int before = ciphers.made;
      assertTrue(before > 0, "they are counted");
      for (int i = 0; i < 100; i++) {
        byte[] state = {(byte) i};
        assertArrayEquals(state, protector.open(protector.protect(state, NOW), NOW));
      }
      assertEquals(before, ciphers.made);
    }
  }

  @Test
  void keysThatRotateUseOneCipher() {
    takesOneCipherForAll(new RotatingTicketProtector(Duration.ofDays(1), new Random(1), NOW));
  }

  @Test
  void keysThatAreSharedUseOneCipher() {
    takesOneCipherForAll(new SharedTicketKeys(List.of(new byte[32]), new Random(1)));
  }
}
