package dev.sluice.http3.connection;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.qpack.Decoded;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackDecoder;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.qpack.QpackException;
import dev.sluice.quic.ending.ConnectionEnding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A message as a list of frames, and the plain reference model of what a reader must see of it when
 * only the first so many bytes arrive.
 */
final class ScriptedMessage {
  /** A field that our encoder puts into the dynamic table at once, so that sections may wait. */
  static final String MARK = "server";

  /** What a script is made of. */
  enum Item {
    INFORMATIONAL,
    UNKNOWN,
    EMPTY_DATA,
    DATA,
    LONG_DATA
  }

  private enum Kind {
    INFORMATIONAL,
    HEAD,
    DATA,
    UNKNOWN,
    TRAILERS
  }

  private record Part(Kind kind, byte[] frame, int header, String mark) {}

  private final List<Part> parts = new ArrayList<>();
  private final boolean response;
  private final boolean fin;
  private final int contentLength;

  /**
   * @param number tells the messages of a connection apart
   */
  ScriptedMessage(
      boolean response, List<Item> items, int number, QpackEncoder encoder, Random random) {
    this.response = response;
    int content = 0;
    List<Part> after = new ArrayList<>();
    for (Item item : items) {
      switch (item) {
        case INFORMATIONAL -> {
          if (response) {
            String mark = number + "/" + parts.size();
            parts.add(section(Kind.INFORMATIONAL, encoder, number, ":status", "103", mark));
          }
        }
        case UNKNOWN -> (random.nextBoolean() ? parts : after).add(unknown(random));
        case EMPTY_DATA -> after.add(data(0, random));
        case DATA, LONG_DATA -> {
          int length = 1 + random.nextInt(item == Item.DATA ? 20 : 200);
          content += length;
          after.add(data(length, random));
        }
      }
    }
    contentLength = random.nextBoolean() ? content : -1;
    parts.add(head(encoder, number));
    parts.addAll(after);
    if (random.nextBoolean()) {
      parts.add(section(Kind.TRAILERS, encoder, number, null, null, "t" + number));
      if (random.nextBoolean()) {
        parts.add(unknown(random));
      }
    }
    fin = random.nextInt(3) > 0;
  }

  boolean fin() {
    return fin;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(part -> out.writeBytes(part.frame));
    return out.toByteArray();
  }

  /**
   * What the application must see.
   *
   * @param arrived how many bytes came
   * @param finArrived whether the FIN did
   * @param oracle a decoder that was given what came of the encoder stream
   * @param reset the code of RESET_STREAM, or null
   */
  List<String> seen(
      int arrived, boolean finArrived, QpackDecoder oracle, Long reset, ConnectionEnding ending) {
    List<String> seen = new ArrayList<>();
    boolean afterHead = false;
    boolean afterTrailers = false;
    boolean blocked = false;
    int content = 0;
    int left = arrived;
    for (Part part : parts) {
      if (part.kind == Kind.DATA) {
        for (int i = part.header; i < Math.min(left, part.frame.length); i++) {
          seen.add("byte " + part.frame[i]);
          content++;
        }
      }
      if (left < part.frame.length) {
        break;
      }
      left -= part.frame.length;
      if (part.kind == Kind.DATA || part.kind == Kind.UNKNOWN) {
        continue;
      }
      if (!isDecodable(oracle, part)) {
        blocked = true;
        break;
      }
      switch (part.kind) {
        case INFORMATIONAL -> seen.add("informational " + part.mark);
        case HEAD -> {
          seen.add("head " + part.mark);
          afterHead = true;
        }
        default -> {
          seen.add("trailers " + part.mark);
          afterTrailers = true;
        }
      }
    }
    boolean complete = afterHead && (content == contentLength || afterTrailers);
    RequestEnding how;
    if (finArrived && !blocked || complete) {
      how = new RequestEnding.Complete();
    } else if (reset != null && !blocked) {
      how = new RequestEnding.ResetByPeer(reset, afterHead);
    } else {
      how = new RequestEnding.ConnectionLost(ending, afterHead);
    }
    // A server does not tell its application of a request that it never announced.
    if (response || afterHead) {
      seen.add("ended " + how);
    }
    return seen;
  }

  private static boolean isDecodable(QpackDecoder oracle, Part part) {
    try {
      byte[] section = Arrays.copyOfRange(part.frame, part.header, part.frame.length);
      long anyStream = section.hashCode();
      boolean decodable = oracle.decode(anyStream, section) instanceof Decoded.Fields;
      oracle.cancel(anyStream);
      return decodable;
    } catch (QpackException e) {
      throw new AssertionError(e);
    }
  }

  private Part head(QpackEncoder encoder, int number) {
    List<FieldLine> lines = new ArrayList<>();
    if (response) {
      lines.add(new FieldLine(":status", "200"));
    } else {
      lines.add(new FieldLine(":method", "POST"));
      lines.add(new FieldLine(":scheme", "https"));
      lines.add(new FieldLine(":authority", "example.com"));
      lines.add(new FieldLine(":path", "/"));
    }
    if (contentLength >= 0) {
      lines.add(new FieldLine("content-length", "" + contentLength));
    }
    lines.add(new FieldLine(MARK, "h" + number));
    return section(Kind.HEAD, encoder, number, lines, "h" + number);
  }

  private static Part section(
      Kind kind, QpackEncoder encoder, int number, String name, String value, String mark) {
    List<FieldLine> lines = new ArrayList<>();
    if (name != null) {
      lines.add(new FieldLine(name, value));
    }
    lines.add(new FieldLine(MARK, mark));
    return section(kind, encoder, number, lines, mark);
  }

  private static Part section(
      Kind kind, QpackEncoder encoder, int number, List<FieldLine> lines, String mark) {
    byte[] section = encoder.encode(number * 4L, lines);
    byte[] frame = new HeadersFrame(section).encode();
    return new Part(kind, frame, frame.length - section.length, mark);
  }

  private static Part unknown(Random random) {
    int[] payload = new int[random.nextInt(10)];
    return new Part(Kind.UNKNOWN, RawPeer.frame(0x21, payload), 2, "");
  }

  private static Part data(int length, Random random) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    boolean wide = length > 63 || random.nextBoolean();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    if (wide) {
      out.write(0x40 | length >> 8);
    }
    out.write(length & 0xff);
    out.writeBytes(payload);
    return new Part(Kind.DATA, out.toByteArray(), wide ? 3 : 2, "");
  }
}
