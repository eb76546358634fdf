package dev.sluice.qpack;

import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of the QPACK offline interop: field lists as text, and their encodings as records. */
final class Qif {
  /** One record: stream 0 is the encoder stream, any other carries one field section. */
  record Item(long streamId, byte[] bytes) {}

  private Qif() {}

  /** The blocks of a QIF file. */
  static List<List<FieldLine>> blocks(Path file) {
    List<List<FieldLine>> blocks = new ArrayList<>();
    List<FieldLine> block = new ArrayList<>();
    for (String row : text(file).split("\n", -1)) {
      if (row.isEmpty()) {
        if (!block.isEmpty()) {
          blocks.add(block);
          block = new ArrayList<>();
        }
      } else if (!row.startsWith("#")) {
        String[] parts = row.split("\t", 2);
        block.add(new FieldLine(parts[0], parts.length == 2 ? parts[1] : ""));
      }
    }
    return blocks;
  }

  /** The records of an encoded file; a record that is cut off ends the list. */
  static List<Item> records(byte[] file) {
    List<Item> items = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file);
    while (in.remaining() >= 12) {
      long streamId = in.getLong();
      int length = in.getInt();
      byte[] bytes = new byte[Math.clamp(length, 0, in.remaining())];
      in.get(bytes);
      items.add(new Item(streamId, bytes));
    }
    return items;
  }

  /** The inputs of a corpus file, {@code name TAB hex} a line. */
  static List<byte[]> corpus(String relative) {
    List<byte[]> inputs = new ArrayList<>();
    for (String row : text(SharedFiles.require(relative)).split("\n")) {
      if (!row.startsWith("#") && row.contains("\t")) {
        inputs.add(HexFormat.of().parseHex(row.substring(row.indexOf('\t') + 1).trim()));
      }
    }
    return inputs;
  }

  /**
   * Decodes records with a decoder whose table has its full capacity from the start, as the offline
   * interop has it.
   *
   * @return the sections by stream
   */
  static Map<Long, List<FieldLine>> decode(List<Item> items, long capacity, long blocked)
      throws QpackException {
    QpackDecoder decoder = decoder(capacity, blocked, Long.MAX_VALUE);
    Map<Long, List<FieldLine>> sections = new TreeMap<>();
    for (Item item : items) {
      if (item.streamId() == 0) {
        decoder.onEncoderStream(item.bytes(), 0, item.bytes().length);
        for (Unblocked next; (next = decoder.nextUnblocked()) != null; ) {
          sections.put(next.streamId(), ((Decoded.Fields) next.section()).lines());
        }
      } else if (decoder.decode(item.streamId(), item.bytes()) instanceof Decoded.Fields fields) {
        sections.put(item.streamId(), fields.lines());
      }
    }
    return sections;
  }

  /** A decoder whose peer has raised the capacity to the limit. */
  static QpackDecoder decoder(long capacity, long blocked, long maxSize) throws QpackException {
    QpackDecoder decoder = new QpackDecoder(capacity, blocked, maxSize);
    QpackWriter setCapacity = new QpackWriter(16);
    setCapacity.integer(0x20, 5, capacity);
    byte[] bytes = setCapacity.take();
    decoder.onEncoderStream(bytes, 0, bytes.length);
    return decoder;
  }

  /** Names and values only: an encoding may mark a line as sensitive that a QIF cannot. */
  static List<String> plain(List<FieldLine> lines) {
    return lines.stream().map(line -> line.name() + "\t" + line.value()).toList();
  }

  static List<Path> files(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    return new String(bytes(file), StandardCharsets.ISO_8859_1);
  }
}
