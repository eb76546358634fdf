package dev.sluice.http3.frame;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import java.nio.charset.StandardCharsets;

/** The payloads of the frames that are read as a whole, and how long they may be. */
final class FramePayload {
  /**
   * A setting takes at most 16 bytes, and nobody has a thousand of them to say. Counted before the
   * payload is held.
   */
  static final int MAX_SETTINGS = 16 << 10;

  /**
   * An id and a field value in which only two parameters are known; a page leaves room for more.
   */
  static final int MAX_PRIORITY_UPDATE = 1 << 10;

  private FramePayload() {}

  /**
   * Checks the length that a header announces.
   *
   * @param maxSection the largest encoded field section to hold
   * @return whether the payload is to be held; false when it is a field section too large
   * @throws ConnectionErrorException H3_FRAME_ERROR for a length that no payload of this type has,
   *     H3_EXCESSIVE_LOAD for one that is more than this side holds
   */
  static boolean checkLength(long type, long length, int maxSection) {
    return switch ((int) type) {
      case (int) FrameType.CANCEL_PUSH, (int) FrameType.GOAWAY, (int) FrameType.MAX_PUSH_ID -> {
        // The payload is one variable-length integer.
        if (length < 1 || length > 8) {
          throw frameError(type, "a length of " + length);
        }
        yield true;
      }
      case (int) FrameType.SETTINGS -> atMost(type, length, MAX_SETTINGS);
      case (int) FrameType.PRIORITY_UPDATE_REQUEST, (int) FrameType.PRIORITY_UPDATE_PUSH ->
          atMost(type, length, MAX_PRIORITY_UPDATE);
      case (int) FrameType.PUSH_PROMISE -> atMost(type, length, maxSection + 8L);
      case (int) FrameType.HEADERS -> length <= maxSection;
      default -> throw new IllegalArgumentException(FrameType.name(type));
    };
  }

  /**
   * Reads a whole payload.
   *
   * @param payload becomes the frame's where it is a field section
   * @throws ConnectionErrorException H3_FRAME_ERROR when it holds less or more than its fields
   *     (§7.1), and what the frame itself finds wrong
   */
  static Http3Frame read(long type, byte[] payload) {
    WireReader in = WireReader.of(payload);
    Http3Frame frame;
    try {
      frame =
          switch ((int) type) {
            case (int) FrameType.HEADERS -> new HeadersFrame(payload);
            case (int) FrameType.CANCEL_PUSH -> new CancelPushFrame(last(type, in));
            case (int) FrameType.GOAWAY -> new GoawayFrame(last(type, in));
            case (int) FrameType.MAX_PUSH_ID -> new MaxPushIdFrame(last(type, in));
            case (int) FrameType.SETTINGS -> SettingsFrame.read(in);
            case (int) FrameType.PUSH_PROMISE ->
                new PushPromiseFrame(in.varInt(), in.bytes(in.remaining()));
            case (int) FrameType.PRIORITY_UPDATE_REQUEST -> priorityUpdate(false, in);
            case (int) FrameType.PRIORITY_UPDATE_PUSH -> priorityUpdate(true, in);
            default -> throw new IllegalArgumentException(FrameType.name(type));
          };
    } catch (WireException e) {
      throw frameError(type, "the payload ends within a field");
    }
    return frame;
  }

  private static long last(long type, WireReader in) {
    long value = in.varInt();
    if (in.hasRemaining()) {
      throw frameError(type, in.remaining() + " bytes after the last field");
    }
    return value;
  }

  private static PriorityUpdateFrame priorityUpdate(boolean push, WireReader in) {
    long element = in.varInt();
    return new PriorityUpdateFrame(
        push, element, new String(in.bytes(in.remaining()), StandardCharsets.ISO_8859_1));
  }

  private static boolean atMost(long type, long length, long most) {
    if (length > most) {
      throw new ConnectionErrorException(
          Http3Error.H3_EXCESSIVE_LOAD,
          FrameType.name(type) + ": " + length + " bytes, " + most + " are taken");
    }
    return true;
  }

  private static ConnectionErrorException frameError(long type, String reason) {
    return new ConnectionErrorException(
        Http3Error.H3_FRAME_ERROR, FrameType.name(type) + ": " + reason);
  }
}
