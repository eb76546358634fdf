package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Address tokens and stateless reset tokens, RFC 9000 §8.1 and §10.3. */
class AddressTokensTest {
  private static final long SECOND = 1_000_000_000L;

  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;

  private final SplittableRandom random = new SplittableRandom(1);
  private final AddressTokens tokens = new AddressTokens(TokenKeys.fresh(random), random);
  private final InetSocketAddress client = new InetSocketAddress("192.0.2.1", 4000);
  private final InetSocketAddress otherPort = new InetSocketAddress("192.0.2.1", 4001);
  private final InetSocketAddress otherHost = new InetSocketAddress("192.0.2.2", 4000);
  private final ConnectionId original = ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

  @Test
  @Requirement({"RFC9000-8.1.1#1", "RFC9000-8.1.2#2", "RFC9000-8.1.4#3", "RFC9000-8.1.4#7"})
  void aRetryTokenIsForOneAddressAndAShortTime() {
    Bytes token = Bytes.of(tokens.forRetry(V1, client, original, 100 * SECOND));
    assertEquals(
        new AddressTokens.Verdict.Retried(original), tokens.judge(token, V1, client, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, V1, otherPort, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, V1, otherHost, 101 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Invalid.class, tokens.judge(token, V1, client, 200 * SECOND));
  }

  @Test
  @Requirement({"RFC9000-8.1.3#5", "RFC9000-8.1.3#15", "RFC9000-8.1.4#4", "RFC9000-8.1.4#5"})
  void aLaterTokenIsForOneHostAndADay() {
    Bytes token = Bytes.of(tokens.forLater(V1, client, 0));
    assertInstanceOf(
        AddressTokens.Verdict.Validated.class, tokens.judge(token, V1, otherPort, 3600 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(token, V1, otherHost, 3600 * SECOND));
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(token, V1, client, 90_000 * SECOND));
  }

  /** Beside the key's name, which is everybody's, two tokens of a client have nothing in common. */
  @Test
  @Requirement("RFC9000-8.1.3#6")
  void tokensCannotBeLinked() {
    byte[] one = tokens.forLater(V1, client, 0);
    byte[] other = tokens.forLater(V1, client, 0);
    int alike = 0;
    for (int i = 4; i < one.length; i++) {
      alike += one[i] == other[i] ? 1 : 0;
    }
    assertTrue(alike < 5, alike + " bytes of " + one.length);
    assertTrue(Arrays.equals(one, 0, 4, other, 0, 4));
  }

  /** What reset tokens are looked up by tells nothing of them, however long the look-up takes. */
  @Test
  @Requirement("RFC9000-10.3.1#4")
  void resetTokensAreLookedUpBlinded() {
    byte[] key = new byte[32];
    StatelessResets resets = new StatelessResets(key, random);
    byte[] token = resets.token(original);
    Bytes blinded = resets.blind(token, 0);
    assertEquals(32, blinded.length());
    assertEquals(blinded, resets.blind(token.clone(), 0));
    token[15] ^= 1;
    Bytes next = resets.blind(token, 0);
    int alike = 0;
    for (int i = 0; i < 32; i++) {
      alike += blinded.toArray()[i] == next.toArray()[i] ? 1 : 0;
    }
    assertTrue(alike < 4, "near tokens are far apart");
    key[0] = 1;
    assertFalse(new StatelessResets(key, random).blind(token, 0).equals(next));
  }

  @Test
  @Requirement("RFC9000-8.1.3#7")
  void noTwoTokensAreAlike() {
    assertFalse(Arrays.equals(tokens.forLater(V1, client, 0), tokens.forLater(V1, client, 0)));
  }

  @Test
  @Requirement({"RFC9369-5#2", "RFC9369-4.1#3"})
  void tokensBelongToAVersion() {
    Bytes later = Bytes.of(tokens.forLater(V1, client, 0));
    assertInstanceOf(AddressTokens.Verdict.Absent.class, tokens.judge(later, V2, client, 0));
    Bytes retry = Bytes.of(tokens.forRetry(V2, client, original, 0));
    assertInstanceOf(AddressTokens.Verdict.Misused.class, tokens.judge(retry, V1, client, 0));
    assertInstanceOf(AddressTokens.Verdict.Retried.class, tokens.judge(retry, V2, client, 0));
  }

  /** Two servers of a fleet, whose own clocks have nothing in common. */
  @Test
  void sharedKeysAreGoodEverywhereAndCanBeChanged() {
    byte[] first = new byte[32];
    byte[] second = new byte[32];
    second[0] = 1;
    long[] millis = {1_000_000};
    InstantSource clock = () -> Instant.ofEpochMilli(millis[0]);
    TokenKeys oneKeys = TokenKeys.shared(List.of(first), clock);
    TokenKeys otherKeys = TokenKeys.shared(List.of(first, second), clock);
    AddressTokens one = new AddressTokens(oneKeys, random);
    AddressTokens other = new AddressTokens(otherKeys, random);
    Bytes token = Bytes.of(one.forLater(V1, client, 5));
    assertTrue(isGood(other, token));
    millis[0] += 86_400_000;
    assertTrue(isGood(other, token));
    millis[0] += 1;
    assertFalse(isGood(other, token));
    millis[0] -= 86_400_000 + 4_000;
    assertTrue(isGood(other, token), "a clock that is a little behind");

    oneKeys.rotate(second, 1);
    Bytes newer = Bytes.of(one.forLater(V1, client, 5));
    assertTrue(isGood(other, newer), "the other has the new key already");
    assertTrue(isGood(one, token), "the old key is kept");
    oneKeys.replace(List.of(second));
    assertFalse(isGood(one, token), "the old key is gone");
    assertTrue(isGood(one, newer));
    assertFalse(oneKeys.toString().contains("0000"));
  }

  private boolean isGood(AddressTokens server, Bytes token) {
    return server.judge(token, V1, client, -77) instanceof AddressTokens.Verdict.Validated;
  }

  @Test
  @Requirement("RFC9000-8.1.4#6")
  void aTokenOpensOneConnection() {
    UsedTokens used = new UsedTokens();
    Bytes token = Bytes.of(tokens.forLater(V1, client, 0));
    assertFalse(used.contains(token));
    used.add(token);
    assertTrue(used.contains(token));
    for (int i = 0; i < 65_536; i++) {
      used.add(Bytes.of(new byte[] {1, (byte) i, (byte) (i >> 8)}));
    }
    assertFalse(used.contains(token), "it is bounded");
  }

  @Property(tries = 300)
  @Requirement({"RFC9000-8.1.4#1", "RFC9000-8.1.4#2"})
  void whatWasNotSealedHereIsNoToken(@ForAll byte[] bytes, @ForAll int flip) {
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(Bytes.of(bytes), V1, client, 0));
    byte[] forged = tokens.forRetry(V1, client, original, 0);
    forged[Math.floorMod(flip, forged.length)] ^= 1;
    assertInstanceOf(
        AddressTokens.Verdict.Absent.class, tokens.judge(Bytes.of(forged), V1, client, 0));
  }

  @Test
  @Requirement({"RFC9000-10.3#5", "RFC9000-10.3#6", "RFC9000-10.3#8", "RFC9000-10.3.3#1"})
  void aResetIsShorterThanWhatItAnswers() {
    StatelessResets resets = new StatelessResets(new byte[32], random);
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
