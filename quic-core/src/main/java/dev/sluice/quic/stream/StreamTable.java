package dev.sluice.quic.stream;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.flow.AcceptWindow;
import dev.sluice.quic.frame.FrameTypes;
import java.util.Collection;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The streams of a connection by id: opening them in order, finding them, and forgetting them once
 * they are closed.
 *
 * <p>Since streams of a type are opened in order (RFC 9000 §2.1), a stream is closed exactly when
 * its index is below the number of opened ones and it isn't in the map: closed streams need no
 * memory at all. The limits on concurrent streams bound the map.
 */
final class StreamTable {
  private final boolean client;
  private final StreamContext context;
  private final ConnectionControl limits;
  private final Long2ObjectHashMap<StreamParts> streams = new Long2ObjectHashMap<>();
  private StreamLimits peer = StreamLimits.NONE;

  StreamTable(boolean client, StreamContext context, ConnectionControl limits) {
    this.client = client;
    this.context = context;
    this.limits = limits;
  }

  /** The peer's transport parameters: for the streams that exist, and those to come. */
  void onPeerLimits(StreamLimits newLimits) {
    peer = newLimits;
    for (StreamParts stream : streams.values()) {
      if (stream.send() != null) {
        stream.send().onMaxStreamData(initialSendCredit(stream.id()));
      }
    }
  }

  /** Opens the next stream of a type; null at the peer's limit. */
  StreamParts open(boolean bidirectional) {
    long index = limits.open(bidirectional).open();
    return index < 0 ? null : create(StreamId.of(index, client, bidirectional));
  }

  /**
   * The stream that a frame names, opened on the way if it is the peer's to open.
   *
   * @param toSendPart whether the frame is for our sending part
   * @return null when the stream is closed, so that the frame has nothing to say any more
   * @throws TransportException STREAM_STATE_ERROR or STREAM_LIMIT_ERROR
   */
  StreamParts require(long id, long frameType, boolean toSendPart) {
    StreamParts stream = streams.get(id);
    if (stream == null) {
      stream = openByPeer(id, frameType, toSendPart);
    } else if ((toSendPart ? stream.send() : stream.recv()) == null) {
      throw wrongDirection(id, frameType, toSendPart);
    }
    return stream;
  }

  /** The stream, or null when there is none, or no more. */
  StreamParts find(long id) {
    return streams.get(id);
  }

  /** All streams that aren't closed. */
  Collection<StreamParts> all() {
    return streams.values();
  }

  /** A part of the stream has reached a terminal state. */
  void onPartDone(long id) {
    StreamParts stream = streams.get(id);
    if (stream == null) {
      return;
    }
    if (!stream.isClosed()) {
      lingerIfAnswered(stream);
      return;
    }
    streams.remove(id);
    context.listener.closed(id);
    if (!isOurs(id)) {
      boolean lingered = stream.send() != null && stream.send().lingers;
      limits.accept(StreamId.isBidirectional(id)).close(lingered);
    }
  }

  /** Everything was sent that there is to send on the stream. */
  void onAllSent(long id) {
    lingerIfAnswered(streams.get(id));
  }

  private void lingerIfAnswered(StreamParts stream) {
    if (stream.isAnswered() && !stream.send().lingers && !isOurs(stream.id())) {
      stream.send().lingers = true;
      limits.accept(StreamId.isBidirectional(stream.id())).linger();
    }
  }

  void clear() {
    streams.clear();
  }

  private StreamParts openByPeer(long id, long frameType, boolean toSendPart) {
    boolean bidirectional = StreamId.isBidirectional(id);
    if (!bidirectional && isOurs(id) != toSendPart) {
      throw wrongDirection(id, frameType, toSendPart);
    }
    long index = StreamId.index(id);
    if (isOurs(id)) {
      if (index >= limits.open(bidirectional).opened()) {
        throw error(TransportError.STREAM_STATE_ERROR, frameType, id, "which we have not opened");
      }
      return null;
    }
    AcceptWindow window = limits.accept(bidirectional);
    if (index >= window.limit()) {
      throw error(
          TransportError.STREAM_LIMIT_ERROR,
          frameType,
          id,
          "beyond the limit of " + window.limit() + " streams");
    }
    StreamParts last = null;
    while (window.opened() <= index) {
      last = create(StreamId.of(window.opened(), !client, bidirectional));
      window.open();
      context.listener.opened(last.recv(), last.send());
    }
    return last;
  }

  private StreamParts create(long id) {
    boolean ours = isOurs(id);
    boolean bidirectional = StreamId.isBidirectional(id);
    SendPart send = ours || bidirectional ? new SendPart(id, initialSendCredit(id), context) : null;
    RecvPart recv = !ours || bidirectional ? new RecvPart(id, initialWindow(id), context) : null;
    StreamParts stream = new StreamParts(id, send, recv);
    streams.put(id, stream);
    context.listener.created(id);
    return stream;
  }

  private long initialSendCredit(long id) {
    if (!StreamId.isBidirectional(id)) {
      return peer.maxStreamDataUni();
    }
    return isOurs(id) ? peer.maxStreamDataBidiRemote() : peer.maxStreamDataBidiLocal();
  }

  private long initialWindow(long id) {
    StreamLimits own = context.config.limits();
    if (!StreamId.isBidirectional(id)) {
      return own.maxStreamDataUni();
    }
    return isOurs(id) ? own.maxStreamDataBidiLocal() : own.maxStreamDataBidiRemote();
  }

  private boolean isOurs(long id) {
    return StreamId.isClientInitiated(id) == client;
  }

  private static TransportException wrongDirection(long id, long frameType, boolean toSendPart) {
    return error(
        TransportError.STREAM_STATE_ERROR,
        frameType,
        id,
        toSendPart ? "on which only the peer sends" : "on which only we send");
  }

  private static TransportException error(
      TransportError error, long frameType, long id, String why) {
    return new TransportException(
        error, frameType, FrameTypes.name(frameType) + " for stream " + id + ", " + why);
  }
}
