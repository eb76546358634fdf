package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a peer sends gives a value or a {@link QpackException}, within bounds. */
class AnyBytesTest {
  private static final int CAPACITY = 256;
  private static final int MAX_SIZE = 1000;

  /** An unfinished instruction: two strings of four times the capacity, and their lengths. */
  private static final int MOST_HELD = 8 * CAPACITY + 100;

  @Property(tries = 1000)
  void anySection(@ForAll @Size(max = 80) byte[] bytes) throws QpackException {
    sectionGivesValueOrError(bytes);
  }

  /** Sections with a good prefix get further. */
  @Property(tries = 1000)
  void anyLines(@ForAll @IntRange(min = 0, max = 3) int count, @ForAll @Size(max = 80) byte[] bytes)
      throws QpackException {
    byte[] section = new byte[bytes.length + 2];
    section[0] = (byte) (count == 0 ? 0 : count + 1);
    section[1] = (byte) (count == 0 ? 0 : 0x80);
    System.arraycopy(bytes, 0, section, 2, bytes.length);
    sectionGivesValueOrError(section);
  }

  private static void sectionGivesValueOrError(byte[] section) throws QpackException {
    QpackDecoder decoder = Qif.decoder(CAPACITY, 2, MAX_SIZE);
    byte[] entries = {0x41, 'a', 1, 'b', 0x41, 'c', 1, 'd', (byte) 0xc1, 1, 'e'};
    decoder.onEncoderStream(entries, 0, entries.length);
    try {
      switch (decoder.decode(4, section)) {
        case Decoded.Fields(List<FieldLine> lines) ->
            assertTrue(lines.stream().mapToLong(FieldLine::size).sum() <= MAX_SIZE);
        case Decoded.Blocked(long count) -> assertTrue(count > 3 && count <= 3 + CAPACITY / 32);
        case Decoded.TooLarge(long limit, String reason) -> assertEquals(MAX_SIZE, limit, reason);
      }
    } catch (QpackException e) {
      assertEquals(QpackException.QPACK_DECOMPRESSION_FAILED, e.code());
    }
  }

  /** In one piece and in any pieces: the same table or the same error, and little is held. */
  @Property(tries = 1000)
  void anyEncoderStream(@ForAll long seed, @ForAll @Size(max = 200) byte[] bytes)
      throws QpackException {
    List<Object> whole = encoderStream(bytes, new Random(seed), bytes.length);
    assertEquals(whole, encoderStream(bytes, new Random(seed), 1));
    assertEquals(whole, encoderStream(bytes, new Random(seed), 20));
  }

  private static List<Object> encoderStream(byte[] bytes, Random random, int piece)
      throws QpackException {
    QpackDecoder decoder = Qif.decoder(CAPACITY, 2, MAX_SIZE);
    List<Object> outcome = new ArrayList<>();
    try {
      for (int at = 0, next; at < bytes.length; at = next) {
        next = Math.min(bytes.length, at + 1 + (piece > 1 ? random.nextInt(piece) : 0));
        decoder.onEncoderStream(bytes, at, piece == bytes.length ? bytes.length - at : next - at);
        next = piece == bytes.length ? bytes.length : next;
        assertTrue(decoder.heldBytes() <= MOST_HELD);
      }
    } catch (QpackException e) {
      assertEquals(QpackException.QPACK_ENCODER_STREAM_ERROR, e.code());
      outcome.add(e.getMessage());
    }
    DynamicTable table = decoder.table();
    assertTrue(table.size() <= table.capacity() && table.capacity() <= CAPACITY);
    for (long i = table.dropCount(); i < table.insertCount(); i++) {
      outcome.add(table.get(i));
    }
    return outcome;
  }

  @Property(tries = 500)
  void anyDecoderStream(@ForAll long seed, @ForAll @Size(max = 100) byte[] bytes)
      throws QpackException {
    Random random = new Random(seed);
    QpackEncoder encoder = new QpackEncoder(EncoderLimits.DEFAULT);
    encoder.onPeerSettings(CAPACITY, 100);
    for (byte b : bytes) {
      FieldLine line = new FieldLine("user-agent", "agent" + random.nextInt(20));
      encoder.encode(random.nextInt(64), List.of(line));
      try {
        encoder.onDecoderStream(new byte[] {b}, 0, 1);
      } catch (QpackException e) {
        assertEquals(QpackException.QPACK_DECODER_STREAM_ERROR, e.code());
        return;
      }
      EncoderTable table = encoder.table();
      assertTrue(table.knownReceived() <= table.insertCount());
    }
  }

  /** The longest instruction that can be unfinished, to the byte. */
  @Property(tries = 20)
  void heldBytesAreBoundedByTheTable(@ForAll @IntRange(min = 1, max = 300) int chunk)
      throws QpackException {
    QpackDecoder decoder = Qif.decoder(CAPACITY, 2, MAX_SIZE);
    byte[] insert = new byte[4 * CAPACITY];
    Arrays.fill(insert, (byte) 0xff);
    QpackWriter start = new QpackWriter(0);
    start.integer(0xc0, 6, 0);
    start.integer(0x80, 7, insert.length - 200);
    byte[] head = start.take();
    decoder.onEncoderStream(head, 0, head.length);
    long most = 0;
    try {
      for (int at = 0; at < insert.length; at += chunk) {
        decoder.onEncoderStream(insert, at, Math.min(chunk, insert.length - at));
        most = Math.max(most, decoder.heldBytes());
      }
    } catch (QpackException e) {
      assertEquals(QpackException.QPACK_ENCODER_STREAM_ERROR, e.code());
    }
    assertTrue(most > 0 && most <= MOST_HELD);
  }
}
