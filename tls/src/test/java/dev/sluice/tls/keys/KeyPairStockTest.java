package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.NamedGroup;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Key pairs that wait for their handshakes. */
class KeyPairStockTest {
  private final KeyPairStock stock = new KeyPairStock();
  private final Random taker = new Random(1);
  private final Random maker = new Random(2);

  private int fill() {
    int made = 0;
    while (stock.isShort()) {
      stock.prepare(maker);
      made++;
    }
    return made;
  }

  @Property(tries = 100)
  void noPairServesTwice(@ForAll List<Boolean> steps, @ForAll long seed) {
    KeyPairStock any = new KeyPairStock();
    Random random = new Random(seed);
    Set<String> seen = new HashSet<>();
    Set<Object> objects = new HashSet<>();
    for (boolean take : steps) {
      if (take) {
        X25519KeyAgreement taken = any.x25519(random);
        assertTrue(objects.add(taken));
        assertTrue(seen.add(Arrays.toString(taken.share())));
        // Whoever has taken it wipes it; nobody else may notice.
        taken.destroy();
      } else if (any.isShort()) {
        any.prepare(random);
      }
    }
  }

  @Test
  void norDoesOneOfMlKem() {
    Set<KeyPair> seen = new HashSet<>();
    Set<String> shares = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      KeyPair taken = stock.mlKem(taker);
      assertTrue(seen.add(taken));
      assertTrue(shares.add(Arrays.toString(MlKem768.encapsulationKey(taken))));
      if (i % 3 == 0) {
        fill();
      }
    }
  }

  @Test
  void itGrowsWithWhatIsAskedFor() {
    assertFalse(stock.isShort());
    stock.x25519(taker);
    assertFalse(stock.isShort(), "one handshake says nothing of the next");
    stock.x25519(taker);
    assertEquals(1, fill());
    stock.x25519(taker);
    assertEquals(2, fill());
    for (int i = 0; i < 100; i++) {
      stock.x25519(taker);
    }
    assertEquals(KeyPairStock.MOST, fill());
  }

  @Test
  void whatWasPreparedIsUsed() {
    stock.x25519(taker);
    stock.x25519(taker);
    stock.mlKem(taker);
    stock.mlKem(taker);
    assertEquals(2, fill());
    Random drained =
        new Random() {
          private static final long serialVersionUID = 1L;

          @Override
          public void nextBytes(byte[] bytes) {
            throw new AssertionError("there is one in stock");
          }
        };
    stock.x25519(drained);
    stock.mlKem(drained);
  }

  @Test
  void theStockAnswersAndOpens() throws Exception {
    for (NamedGroup group : NamedGroup.values()) {
      for (int i = 0; i < 4; i++) {
        KeyAgreement client = KeyAgreement.open(group, taker, stock);
        KeyAgreement.Answer answer = KeyAgreement.answer(group, client.share(), taker, stock);
        assertArrayEquals(answer.secret(), client.agree(answer.share()));
        client.destroy();
        fill();
      }
    }
  }

  @Test
  void oneClientHelloHasOnePairOnTheCurve() throws Exception {
    List<KeyAgreement> opened =
        KeyAgreement.open(List.of(NamedGroup.X25519MLKEM768, NamedGroup.X25519), taker, stock);
    byte[] hybrid = opened.get(0).share();
    byte[] plain = opened.get(1).share();
    assertArrayEquals(plain, Arrays.copyOfRange(hybrid, 1184, hybrid.length));
    for (KeyAgreement client : opened) {
      KeyAgreement.Answer answer =
          KeyAgreement.answer(client.group(), client.share(), taker, stock);
      assertArrayEquals(answer.secret(), client.agree(answer.share()));
    }
    byte[] next = KeyAgreement.open(NamedGroup.X25519, taker, stock).share();
    assertFalse(Arrays.equals(plain, next));
  }

  @Test
  void whatIsLeftIsWiped() throws Exception {
    stock.x25519(taker);
    stock.x25519(taker);
    fill();
    stock.destroy();
    assertFalse(stock.isShort());
    Set<String> seen = new HashSet<>();
    Random same = new Random(2); // as the maker was
    for (int i = 0; i < 3; i++) {
      assertTrue(seen.add(Arrays.toString(stock.x25519(same).share())));
    }
  }
}
