package dev.sluice.http3.webtransport;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleGate;
import dev.sluice.http3.capsule.CapsuleReader;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.message.MalformedMessageException;
import java.util.Arrays;

/** The stream that a session lives as long as: capsules in and out (§2.2, RFC 9297 §3.2). */
final class ConnectStream {
  /** A session's capsules are few and short. */
  private static final int BUFFER = 1 << 10;

  /** No datagram that QUIC carries is longer. */
  private static final int MAX_DATAGRAM = 65_535;

  /** The longest integer. */
  private static final int MAX_INTEGER = 8;

  private final RequestStream request;
  private final boolean flowCapsules;
  private final boolean flowEnabled;
  private final CapsuleReader reader = new CapsuleReader(gate());
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;

  private byte[] waiting = {};
  private boolean finishing;

  /**
   * @param version says which capsules there are
   * @param flowEnabled whether those of flow control are minded (§5.1)
   */
  ConnectStream(RequestStream request, WebTransportVersion version, boolean flowEnabled) {
    this.request = request;
    this.flowCapsules = version.hasFlowControl();
    this.flowEnabled = flowEnabled;
  }

  /**
   * The next capsule that means something; null when there is none at present.
   *
   * @throws MalformedMessageException when there is one that cannot be
   */
  Capsule next() {
    while (true) {
      while (from < to) {
        from += reader.read(buffer, from, to - from);
        if (reader.capsule() != null) {
          return reader.capsule();
        }
      }
      if (!refill()) {
        return null;
      }
    }
  }

  private boolean refill() {
    from = 0;
    to = Math.max(0, request.readData(buffer, 0, buffer.length));
    return to > 0;
  }

  /** Drops what there is to read; whether that was anything. */
  boolean discard() {
    boolean any = from < to;
    while (refill()) {
      any = true;
    }
    from = to;
    return any;
  }

  /** Whether a stream that finishes here would do so within a capsule. */
  boolean isWithinCapsule() {
    return reader.isWithinCapsule();
  }

  private CapsuleGate gate() {
    return (type, length) -> {
      if (type == CapsuleType.DATAGRAM) {
        return length <= MAX_DATAGRAM;
      }
      if (type == CapsuleType.WT_CLOSE_SESSION) {
        return require(CloseCapsule.mayHaveLength(length), type);
      }
      if (type == CapsuleType.WT_DRAIN_SESSION) {
        return require(length == 0, type);
      }
      boolean flow = type >= CapsuleType.WT_MAX_DATA && type <= CapsuleType.WT_STREAMS_BLOCKED_UNI;
      if (!flow || !flowCapsules) {
        return false;
      }
      boolean prohibited =
          type == CapsuleType.WT_MAX_STREAM_DATA || type == CapsuleType.WT_STREAM_DATA_BLOCKED;
      if (prohibited) {
        throw new MalformedMessageException(CapsuleType.name(type) + " is not for HTTP/3");
      }
      return flowEnabled && require(length > 0 && length <= MAX_INTEGER, type);
    };
  }

  private static boolean require(boolean fits, long type) {
    if (!fits) {
      throw new MalformedMessageException(CapsuleType.name(type) + ": the length is wrong");
    }
    return true;
  }

  /** Whether everything that was given to send has been taken. */
  boolean isFlushed() {
    return waiting.length == 0;
  }

  void send(Capsule capsule) {
    if (request.isCut()) {
      return;
    }
    byte[] bytes = capsule.encode();
    int taken = isFlushed() ? request.writeData(bytes, 0, bytes.length) : 0;
    int left = waiting.length;
    waiting = Arrays.copyOf(waiting, left + bytes.length - taken);
    System.arraycopy(bytes, taken, waiting, left, bytes.length - taken);
  }

  /** Ends what this side sends, behind what waits. */
  void finish() {
    finishing = true;
    flush();
  }

  /** There may be room again. */
  void flush() {
    if (waiting.length > 0) {
      int taken = request.isCut() ? waiting.length : request.writeData(waiting, 0, waiting.length);
      waiting = Arrays.copyOfRange(waiting, taken, waiting.length);
    }
    if (finishing && isFlushed()) {
      request.finish();
    }
  }
}
