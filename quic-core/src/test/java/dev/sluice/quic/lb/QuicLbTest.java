package dev.sluice.quic.lb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.ConnectionId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connection IDs for load balancers (draft-ietf-quic-load-balancers). */
class QuicLbTest {
  private static final String KEY = "8f95f09245765f80256934e50c66207f";

  private final SplittableRandom random = new SplittableRandom(1);

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  /** Appendix B. Its second ID in the clear has half a byte too much in each of its columns. */
  @ParameterizedTest
  @CsvSource({
    "0, c4605e, 4504cc4f, 07c4605e4504cc4f, false",
    "0, ed793a, ee080dbf, 0720b1d07b359d3c, true",
    "1, ed793a51d49b8f5fab65, ee080dbf48, 2fcc381bc74cb4fbad2823a3d1f8fed2, true",
    "2, ed793a51d49b8f5f, ee080dbf48c0d1e5, 504dd2d05a7b0de9b2b9907afb5ecf8cc3, true",
    // The first octet of this one says codepoint 0 in the draft, though the column says 3.
    "0, ed793a51d49b8f5fab, ee080dbf48c0d1e55d, 125779c9cc86beb3a3a4a3ca96fce4bfe0cdbc, true"
  })
  void vectors(int rotation, String serverId, String nonce, String id, boolean encrypted) {
    QuicLbConfig config =
        new QuicLbConfig(
            rotation, serverId.length() / 2, nonce.length() / 2, encrypted ? hex(KEY) : null);
    ConnectionId expected = ConnectionId.of(hex(id));
    assertEquals(expected, config.encode(hex(serverId), hex(nonce), config.length() - 1));
    QuicLbDecoder decoder = new QuicLbDecoder();
    decoder.add(config);
    assertArrayEquals(hex(serverId), decoder.serverId(expected));
  }

  /** The worked example of §5.4.2.4. */
  @Test
  void example() {
    QuicLbConfig config = new QuicLbConfig(0, 3, 4, hex("fdf726a9893ec05c0632d3956680baf0"));
    assertEquals(
        ConnectionId.of(hex("0767947d29be054a")), config.encode(hex("31441a"), hex("9c69c275"), 7));
  }

  @Property(tries = 500)
  void whatIsEncodedIsDecoded(
      @ForAll @IntRange(max = 6) int rotation,
      @ForAll @IntRange(min = 1, max = 15) int serverIdLength,
      @ForAll @IntRange(min = 4, max = 18) int nonceLength,
      @ForAll boolean encrypted,
      @ForAll long seed) {
    if (serverIdLength + nonceLength > 19) {
      return;
    }
    SplittableRandom any = new SplittableRandom(seed);
    byte[] key = new byte[16];
    byte[] serverId = new byte[serverIdLength];
    byte[] nonce = new byte[nonceLength];
    any.nextBytes(key);
    any.nextBytes(serverId);
    any.nextBytes(nonce);
    QuicLbConfig config =
        new QuicLbConfig(rotation, serverIdLength, nonceLength, encrypted ? key : null);
    ConnectionId id = config.encode(serverId, nonce, any.nextInt());
    assertEquals(config.length(), id.length());
    QuicLbDecoder decoder = new QuicLbDecoder();
    decoder.add(config);
    assertArrayEquals(serverId, decoder.serverId(id));
    // As behind the first byte of a short header, with the rest of the packet after it.
    byte[] packet = Arrays.copyOf(id.toArray(), 40);
    assertArrayEquals(serverId, decoder.serverId(packet, 0, packet.length));
    if (!encrypted || serverIdLength >= 8) { // a few bytes may encrypt to themselves
      assertEquals(encrypted, !Arrays.equals(serverId, part(id, serverIdLength)));
    }
  }

  private static byte[] part(ConnectionId id, int length) {
    return Arrays.copyOfRange(id.toArray(), 1, 1 + length);
  }

  @Property(tries = 300)
  void anyBytesLeadSomewhereOrNowhere(@ForAll byte[] bytes) {
    QuicLbDecoder decoder = new QuicLbDecoder();
    decoder.add(new QuicLbConfig(1, 3, 5, hex(KEY)));
    byte[] serverId = decoder.serverId(bytes, 0, bytes.length);
    boolean routable = bytes.length >= 9 && (bytes[0] & 0xe0) == 0x20;
    assertEquals(routable, serverId != null);
  }

  @Test
  void unroutableIds() {
    QuicLbDecoder decoder = new QuicLbDecoder();
    QuicLbConfig config = new QuicLbConfig(2, 3, 5, hex(KEY));
    decoder.add(config);
    ConnectionId id = config.encode(new byte[3], new byte[5], 0);
    assertArrayEquals(new byte[3], decoder.serverId(id));
    assertNull(decoder.serverId(id.toArray(), 0, 8), "too short");
    assertNull(decoder.serverId(ConnectionId.EMPTY));
    assertNull(decoder.serverId(new byte[] {(byte) 0xe7, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 9));
    decoder.remove(2);
    assertNull(decoder.serverId(id));
  }

  @Test
  void lengthsThatAreNotAllowed() {
    assertThrows(IllegalArgumentException.class, () -> new QuicLbConfig(7, 3, 5, null));
    assertThrows(IllegalArgumentException.class, () -> new QuicLbConfig(0, 0, 5, null));
    assertThrows(IllegalArgumentException.class, () -> new QuicLbConfig(0, 3, 3, null));
    assertThrows(IllegalArgumentException.class, () -> new QuicLbConfig(0, 10, 10, null));
    assertThrows(IllegalArgumentException.class, () -> new QuicLbConfig(0, 3, 5, new byte[15]));
    QuicLbConfig config = new QuicLbConfig(0, 3, 5, hex(KEY));
    assertThrows(IllegalArgumentException.class, () -> config.encode(new byte[2], new byte[5], 0));
    assertFalse(config.toString().contains("8f"));
  }

  @Test
  void aServersIdsAreItsOwnAndTellTheirLength() {
    QuicLbConfig config = new QuicLbConfig(3, 2, 6, hex(KEY));
    QuicLbConnectionIds ids = QuicLbConnectionIds.of(config, new byte[] {7, 8});
    QuicLbDecoder decoder = new QuicLbDecoder();
    decoder.add(config);
    Set<ConnectionId> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      ConnectionId id = ids.next(random);
      assertEquals(9, id.length());
      assertEquals(3 << 5 | 8, id.toArray()[0] & 0xff);
      assertArrayEquals(new byte[] {7, 8}, decoder.serverId(id));
      assertTrue(seen.add(id));
    }
    assertEquals(9, ids.length());
    assertTrue(ids.isRoutable());
  }

  @Test
  void theFirstOctetNeedNotTellTheLength() {
    QuicLbConfig config = QuicLbConfig.unencrypted(5, 2, 6);
    QuicLbConnectionIds ids = QuicLbConnectionIds.of(config, new byte[2]);
    ids.configure(config, new byte[2], false);
    Set<Integer> first = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      byte[] id = ids.next(random).toArray();
      assertEquals(5, (id[0] & 0xff) >> 5);
      first.add(id[0] & 0x1f);
    }
    assertEquals(32, first.size());
  }

  /** §9.6: none is used twice, so that four bytes are good for 2^32 IDs and no more. */
  @Test
  void usedUpNoncesEndTheConfiguration() {
    QuicLbConfig config = new QuicLbConfig(0, 3, 4, hex(KEY));
    QuicLbConnectionIds ids = QuicLbConnectionIds.of(config, new byte[3]);
    ids.used((1L << 32) - 2);
    assertEquals(0x07, ids.next(random).toArray()[0]);
    assertTrue(ids.isRoutable());
    assertEquals(0x07, ids.next(random).toArray()[0]);
    assertFalse(ids.isRoutable(), "who moves would be lost");
    assertEquals(0xe7, ids.next(random).toArray()[0] & 0xff);
    assertEquals(0xe7, ids.next(random).toArray()[0] & 0xff);
    ids.configure(new QuicLbConfig(1, 3, 4, hex(KEY)), new byte[3]);
    assertTrue(ids.isRoutable());
    assertEquals(0x27, ids.next(random).toArray()[0]);
  }

  @Test
  void withoutConfigurationIdsAreUnroutable() {
    QuicLbConnectionIds ids = QuicLbConnectionIds.unconfigured(9);
    assertFalse(ids.isRoutable());
    for (int i = 0; i < 100; i++) {
      assertEquals(0xe8, ids.next(random).toArray()[0] & 0xff);
    }
    ids.configure(new QuicLbConfig(0, 3, 5, hex(KEY)), new byte[3]);
    assertTrue(ids.isRoutable());
    assertEquals(0x08, ids.next(random).toArray()[0]);
    ids.withdraw();
    assertFalse(ids.isRoutable());
    assertThrows(
        IllegalArgumentException.class,
        () -> ids.configure(new QuicLbConfig(0, 3, 6, hex(KEY)), new byte[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> ids.configure(new QuicLbConfig(0, 3, 5, hex(KEY)), new byte[4]));
    assertThrows(IllegalArgumentException.class, () -> QuicLbConnectionIds.unconfigured(7));
  }
}
