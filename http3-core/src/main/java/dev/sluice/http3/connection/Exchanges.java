package dev.sluice.http3.connection;

import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.stream.FieldCompression;
import dev.sluice.qpack.Unblocked;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exchanges of a connection that are not closed, by the ids of their streams, in the order in
 * which they began. QUIC's limit on streams bounds how many there are.
 */
final class Exchanges {
  private final Http3Connection connection;
  private final Map<Long, RequestStream> all = new LinkedHashMap<>();
  private final PriorityUpdates priorityUpdates = new PriorityUpdates();

  // Server: the id of the first request that has not arrived.
  private long nextId;

  Exchanges(Http3Connection connection) {
    this.connection = connection;
  }

  /** The one on a stream; null when there is none, or no more. */
  RequestStream get(long id) {
    return all.get(id);
  }

  int count() {
    return all.size();
  }

  /** A copy of the list of them. */
  List<RequestStream> list() {
    return List.copyOf(all.values());
  }

  /** Server: the id of the first request stream that has not arrived. */
  long nextId() {
    return nextId;
  }

  /** Client: one begins, and its request follows. */
  RequestStream open(BidiStream stream, RequestHead head) {
    RequestStream request = RequestStream.opened(connection, stream, head);
    all.put(stream.id(), request);
    return request;
  }

  /** Server: a request stream has arrived, whatever becomes of it. */
  void onArrived(long id) {
    nextId = Math.max(nextId, id + 4);
  }

  /** Server: one begins. */
  RequestStream accept(BidiStream stream) {
    RequestStream request = RequestStream.accepted(connection, stream);
    all.put(stream.id(), request);
    return request;
  }

  void remove(long id) {
    all.remove(id);
  }

  /** Client: the server will act on none from this id on. */
  void onGoaway(long id) {
    for (RequestStream request : list()) {
      if (request.id() >= id) {
        request.onNotCovered(id);
      }
    }
  }

  /** What had arrived was announced before; each now learns that no more will. */
  void onConnectionEnded(ConnectionEnding ending) {
    for (RequestStream request : list()) {
      request.onConnectionEnded(ending, false);
    }
  }

  /** Field sections that waited for QPACK's encoder stream go on. */
  void onEncoderStream(FieldCompression compression) {
    for (Unblocked next = compression.nextUnblocked();
        next != null;
        next = compression.nextUnblocked()) {
      RequestStream request = all.get(next.streamId());
      if (request != null) {
        request.onUnblocked(next.section());
      }
    }
  }

  /** Server: PRIORITY_UPDATE, which may come before its request. */
  void onPriorityUpdate(long id, Priority priority) {
    RequestStream request = all.get(id);
    if (request != null && request.request() != null) {
      request.onPriority(priority);
    } else if (request != null || id >= nextId) {
      priorityUpdates.put(id, priority);
    }
  }

  /** Server: what was said of a request before its head was here; null for nothing. */
  Priority takePriority(long id) {
    return priorityUpdates.take(id);
  }
}
