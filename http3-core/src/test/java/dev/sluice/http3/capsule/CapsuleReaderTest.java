package dev.sluice.http3.capsule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CapsuleReaderTest {
  private static final CapsuleGate KEEP_EVEN = (type, length) -> type % 2 == 0 && length < 5000;

  private static List<Capsule> read(CapsuleReader reader, byte[] bytes, int step) {
    List<Capsule> capsules = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += step) {
      int end = Math.min(bytes.length, from + step);
      int at = from;
      while (at < end) {
        int used = reader.read(bytes, at, end - at);
        assertTrue(used > 0 && used <= end - at);
        at += used;
        if (reader.capsule() != null) {
          capsules.add(reader.capsule());
        }
      }
    }
    return capsules;
  }

  @Provide
  static Arbitrary<Capsule> capsules() {
    return Combinators.combine(
            Arbitraries.longs().between(0, (1L << 62) - 1),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(3000))
        .as(Capsule::new);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  @Requirement({"RFC9297-3.2#3", "RFC9297-3.2#8"})
  void capsulesComeOutWhatsoeverTheCuts(
      @ForAll("capsules") Capsule a,
      @ForAll("capsules") Capsule b,
      @ForAll("capsules") Capsule c,
      @ForAll("steps") int step) {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    List<Capsule> expected = new ArrayList<>();
    for (Capsule capsule : List.of(a, b, c)) {
      wire.writeBytes(capsule.encode());
      if (capsule.type() % 2 == 0) {
        expected.add(capsule);
      }
    }
    CapsuleReader reader = new CapsuleReader(KEEP_EVEN);
    List<Capsule> found = read(reader, wire.toByteArray(), step);
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(expected.get(i).type(), found.get(i).type());
      assertArrayEquals(expected.get(i).value(), found.get(i).value());
    }
    assertFalse(reader.isWithinCapsule());
  }

  @Provide
  static Arbitrary<Integer> steps() {
    return Arbitraries.of(1, 2, 7, 100, 100_000);
  }

  @Property(tries = 500)
  void anyBytesAreReadToTheirEnd(@ForAll byte[] bytes, @ForAll("steps") int step) {
    read(new CapsuleReader(KEEP_EVEN), bytes, step);
  }

  @Test
  @Requirement("RFC9297-3.5#6")
  void whatIsReadPastIsNotHeld() {
    byte[] header = new byte[10];
    new WireWriter(header, 0, 10).varInt(0x17, 2).varInt((1L << 62) - 1);
    CapsuleReader reader = new CapsuleReader(KEEP_EVEN);
    assertEquals(10, reader.read(header, 0, 10));
    byte[] megabyte = new byte[1 << 20];
    for (int i = 0; i < 500; i++) {
      assertEquals(megabyte.length, reader.read(megabyte, 0, megabyte.length));
    }
    assertTrue(reader.isWithinCapsule());
  }

  @Test
  void aLengthAloneTakesNoMemory() {
    CapsuleReader[] readers = new CapsuleReader[20_000];
    byte[] header = new byte[9];
    new WireWriter(header, 0, 9).varInt(0).varInt(1L << 31, 8);
    for (int i = 0; i < readers.length; i++) {
      // 40 GB if each were set aside.
      readers[i] = new CapsuleReader((type, length) -> true);
      assertEquals(9, readers[i].read(header, 0, 9));
    }
    assertTrue(Arrays.stream(readers).allMatch(CapsuleReader::isWithinCapsule));
  }

  @Test
  void onlyOneCapsuleAtATime() {
    byte[] two = new byte[4];
    new WireWriter(two, 0, 4).varInt(2).varInt(0).varInt(4).varInt(0);
    CapsuleReader reader = new CapsuleReader(KEEP_EVEN);
    assertEquals(2, reader.read(two, 0, 4));
    assertEquals(2, reader.capsule().type());
    assertEquals(2, reader.read(two, 2, 2));
    assertEquals(4, reader.capsule().type());
  }

  @Test
  @Requirement({"RFC9297-3.3#2", "RFC9297-3.3#3"})
  void valuesMustBeExact() {
    assertEquals(77, Capsule.ofInteger(1, 77).integer());
    for (int length : new int[] {0, 3, 9}) {
      byte[] value = new byte[length];
      new Random(1).nextBytes(value);
      if (length > 0) {
        value[0] = (byte) (length == 3 ? 0x80 : 0xc0);
      }
      assertThrows(MalformedMessageException.class, new Capsule(5, value)::integer);
    }
    assertThrows(MalformedMessageException.class, Capsule.ofInteger(5, 1)::requireEmpty);
    Capsule.empty(5).requireEmpty();
    assertEquals("WT_CLOSE_SESSION", CapsuleType.name(0x2843));
    assertEquals("WT_STREAMS_BLOCKED", CapsuleType.name(0x190B4D44L));
    assertEquals("capsule 0x17", CapsuleType.name(0x17));
  }
}
