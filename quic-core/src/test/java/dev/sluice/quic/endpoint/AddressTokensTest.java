package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Address tokens and stateless reset tokens, RFC 9000 §8.1 and §10.3. */
class AddressTokensTest {
  private static final long SECOND = 1_000_000_000L;

  private final AddressTokens tokens = new AddressTokens(new byte[32], new SplittableRandom(1));
  private final InetSocketAddress client = new InetSocketAddress("192.0.2.1", 4000);
  private final InetSocketAddress otherPort = new InetSocketAddress("192.0.2.1", 4001);
  private final InetSocketAddress otherHost = new InetSocketAddress("192.0.2.2", 4000);
  private final ConnectionId original = ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

  @Test
  @Requirement({"RFC9000-8.1.1#1", "RFC9000-8.1.2#2", "RFC9000-8.1.4#3", "RFC9000-8.1.4#7"})
  void aRetryTokenIsForOneAddressAndAShortTime() {
    Bytes token = Bytes.of(tokens.forRetry(client, original, 100 * SECOND));
    assertEquals(
        new AddressTokens.Verdict.Retried(original), tokens.judge(token, client, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, otherPort, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, otherHost, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, client, 200 * SECOND));
  }

  @Test
  @Requirement({"RFC9000-8.1.3#5", "RFC9000-8.1.3#15", "RFC9000-8.1.4#4"})
  void aLaterTokenIsForOneHostAndADay() {
    Bytes token = Bytes.of(tokens.forLater(client, 0));
    assertInstanceOf(
        AddressTokens.Verdict.Validated.class, tokens.judge(token, otherPort, 3600 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(token, otherHost, 3600 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(token, client, 90_000 * SECOND));
  }

  @Test
  @Requirement("RFC9000-8.1.3#7")
  void noTwoTokensAreAlike() {
    assertFalse(Arrays.equals(tokens.forLater(client, 0), tokens.forLater(client, 0)));
  }

  @Property(tries = 300)
  @Requirement("RFC9000-8.1.4#2")
  void whatWasNotSealedHereIsNoToken(@ForAll byte[] bytes, @ForAll int flip) {
    assertInstanceOf(AddressTokens.Verdict.Absent.class, tokens.judge(Bytes.of(bytes), client, 0));
    byte[] forged = tokens.forRetry(client, original, 0);
    forged[Math.floorMod(flip, forged.length)] ^= 1;
    assertInstanceOf(AddressTokens.Verdict.Absent.class, tokens.judge(Bytes.of(forged), client, 0));
  }

  @Test
  @Requirement({"RFC9000-10.3#5", "RFC9000-10.3#6", "RFC9000-10.3#8", "RFC9000-10.3.3#1"})
  void aResetIsShorterThanWhatItAnswers() {
    StatelessResets resets = new StatelessResets(new byte[32], new SplittableRandom(1));
    assertNull(resets.answer(original, 21));
    for (int received = 22; received < 1500; received++) {
      byte[] reset = resets.answer(original, received);
      assertTrue(reset.length < received && reset.length >= 21);
      assertEquals(0x40, reset[0] & 0xc0);
      assertArrayEquals(
          resets.token(original), Arrays.copyOfRange(reset, reset.length - 16, reset.length));
    }
    assertEquals(42, resets.answer(original, 43).length);
  }

  @Test
  @Requirement({"RFC9000-10.3.2#1", "RFC9000-10.3.2#5"})
  void resetTokensDependOnIdAndKey() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] key = new byte[32];
    StatelessResets resets = new StatelessResets(key, random);
    key[0] = 1;
    StatelessResets others = new StatelessResets(key, random);
    byte[] token = resets.token(original);
    assertArrayEquals(token, resets.token(original));
    assertFalse(Arrays.equals(token, others.token(original)));
    assertFalse(Arrays.equals(token, resets.token(ConnectionId.of(new byte[8]))));
  }
}
