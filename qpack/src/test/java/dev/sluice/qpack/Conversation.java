package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * An encoder and a decoder with a network between them that delivers the two instruction streams
 * and the sections in any interleaving, cuts the streams anywhere, and cancels requests.
 */
final class Conversation {
  private static final int STEPS = 300;

  private final Random random;
  private final QpackEncoder encoder;
  private final QpackDecoder decoder;

  /** What each stream was given, oldest first, and what of it is not yet at the decoder. */
  private final Map<Long, ArrayDeque<List<FieldLine>>> expected = new HashMap<>();

  private final Map<Long, ArrayDeque<byte[]>> underWay = new HashMap<>();
  private final Set<Long> blocked = new HashSet<>();
  private final Set<Long> cancelled = new HashSet<>();
  private ByteArrayOutputStream encoderStream = new ByteArrayOutputStream();
  private ByteArrayOutputStream decoderStream = new ByteArrayOutputStream();
  private final int vocabulary;
  private long nextStream;
  private int decoded;

  Conversation(long seed, int ownCapacity, int peerCapacity, int blockedStreams)
      throws QpackException {
    random = new Random(seed);
    encoder = new QpackEncoder(new EncoderLimits(ownCapacity, 1000));
    encoder.onPeerSettings(peerCapacity, blockedStreams);
    decoder = new QpackDecoder(peerCapacity, blockedStreams, Long.MAX_VALUE);
    vocabulary = 1 + random.nextInt(40);
  }

  /** Talks for a while, then delivers what is left. */
  void run() throws QpackException {
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> encode();
        case 3, 4 -> deliverSection();
        case 5 -> deliverEncoderStream(random.nextInt(40));
        case 6 -> deliverDecoderStream(random.nextInt(10));
        default -> {
          if (random.nextInt(4) == 0) {
            cancel();
          }
        }
      }
    }
    deliverEncoderStream(Integer.MAX_VALUE);
    while (!underWay.isEmpty()) {
      assertTrue(blocked.isEmpty());
      deliverSection();
    }
    deliverDecoderStream(Integer.MAX_VALUE);
    assertTrue(expected.isEmpty());
    assertTrue(decoded > 0);
    // Everything was acknowledged or cancelled, so nothing is remembered and nothing is held.
    assertEquals(encoder.table().insertCount(), encoder.table().knownReceived());
    assertEquals(0, encoder.outstanding().blockableStreams());
    assertEquals(decoder.table().size(), encoder.table().capacity() == 0 ? 0 : tableSize());
    assertEquals(0, decoder.heldBytes());
  }

  /** Both tables hold the same entries. */
  private long tableSize() {
    DynamicTable table = decoder.table();
    assertEquals(table.insertCount(), encoder.table().insertCount());
    for (long i = table.dropCount(); i < table.insertCount(); i++) {
      assertEquals(table.get(i), encoder.table().get(i));
    }
    return table.size();
  }

  private void encode() {
    // Some streams carry several sections, as with trailers; but not after they were cancelled.
    long stream = random.nextInt(4) == 0 ? random.nextLong(nextStream + 1) : nextStream;
    if (stream == nextStream || cancelled.contains(stream)) {
      stream = nextStream++;
    }
    List<FieldLine> lines = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      lines.add(line());
    }
    expected.computeIfAbsent(stream, id -> new ArrayDeque<>()).add(lines);
    if (random.nextInt(4) == 0) {
      encoder.onEncoderStreamCredit(random.nextInt(200));
    }
    underWay.computeIfAbsent(stream, id -> new ArrayDeque<>()).add(encoder.encode(stream, lines));
    encoderStream.writeBytes(encoder.takeEncoderStream());
  }

  private FieldLine line() {
    int word = random.nextInt(vocabulary);
    return switch (word % 5) {
      case 0 -> StaticTable.line(word * 2);
      case 1 -> new FieldLine(":path", "/" + "x".repeat(word));
      case 2 -> new FieldLine("x-" + word, "v" + random.nextInt(3));
      case 3 -> new FieldLine("user-agent", "agent/" + word + "\u00ff");
      default -> new FieldLine("secret", "s" + word, random.nextBoolean());
    };
  }

  private void deliverSection() throws QpackException {
    List<Long> ready = underWay.keySet().stream().filter(id -> !blocked.contains(id)).toList();
    if (ready.isEmpty()) {
      return;
    }
    long stream = ready.get(random.nextInt(ready.size()));
    byte[] section = underWay.get(stream).poll();
    if (underWay.get(stream).isEmpty()) {
      underWay.remove(stream);
    }
    switch (decoder.decode(stream, section)) {
      case Decoded.Fields fields -> accept(stream, fields);
      case Decoded.Blocked wait -> blocked.add(stream);
      case Decoded.TooLarge tooLarge -> throw new AssertionError(tooLarge);
    }
  }

  private void deliverEncoderStream(int most) throws QpackException {
    encoderStream = deliver(encoderStream, most, decoder::onEncoderStream);
    for (Unblocked next; (next = decoder.nextUnblocked()) != null; ) {
      blocked.remove(next.streamId());
      accept(next.streamId(), (Decoded.Fields) next.section());
    }
  }

  private void deliverDecoderStream(int most) throws QpackException {
    decoderStream.writeBytes(decoder.takeDecoderStream());
    decoderStream = deliver(decoderStream, most, encoder::onDecoderStream);
  }

  private void cancel() {
    if (nextStream == 0) {
      return;
    }
    long stream = nextStream++;
    if (!expected.isEmpty()) {
      List<Long> open = List.copyOf(expected.keySet());
      stream = open.get(random.nextInt(open.size()));
    }
    decoder.cancel(stream);
    cancelled.add(stream);
    expected.remove(stream);
    underWay.remove(stream);
    blocked.remove(stream);
  }

  private void accept(long stream, Decoded.Fields fields) {
    assertEquals(expected.get(stream).poll(), fields.lines());
    if (expected.get(stream).isEmpty()) {
      expected.remove(stream);
    }
    decoded++;
  }

  private interface Receiver {
    void receive(byte[] bytes, int offset, int length) throws QpackException;
  }

  private static ByteArrayOutputStream deliver(
      ByteArrayOutputStream way, int most, Receiver receiver) throws QpackException {
    byte[] bytes = way.toByteArray();
    int length = Math.min(most, bytes.length);
    receiver.receive(bytes, 0, length);
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.write(bytes, length, bytes.length - length);
    return rest;
  }
}
