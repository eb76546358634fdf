package dev.sluice.http3.datagram;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.datagram.DatagramFlow;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings the datagrams of a connection to the requests that they belong to, and back (RFC 9297
 * §2.1). For every extension that has datagrams; each registers the requests that are its own.
 */
public final class HttpDatagrams {
  private static final DatagramReceiver DROP = (payload, now) -> {};

  private final Http3Connection http;
  private final EarlyDatagrams early;
  private final Map<Long, DatagramReceiver> receivers = new HashMap<>();
  private long dropped;

  /**
   * @param http sends SETTINGS_H3_DATAGRAM = 1
   * @param maxEarly how many datagrams to keep for requests that have not arrived
   */
  public HttpDatagrams(Http3Connection http, int maxEarly) {
    this.http = http;
    this.early = new EarlyDatagrams(maxEarly);
  }

  /**
   * The data of a QUIC DATAGRAM frame arrived. Closes the connection when it is malformed.
   *
   * @param now in nanoseconds
   */
  public void onDatagram(byte[] data, long now) {
    try {
      receive(HttpDatagram.parse(data), now);
    } catch (ConnectionErrorException e) {
      http.close(e.error(), e.getMessage());
    }
  }

  private void receive(HttpDatagram datagram, long now) {
    long id = datagram.streamId();
    http.trace().datagram(false, id, datagram.payload().length);
    DatagramReceiver receiver = receivers.get(id);
    RequestStream request = http.request(id);
    if (receiver != null) {
      receiver.onDatagram(datagram.payload(), now);
    } else if (request != null && isWithoutDatagrams(request)) {
      dropped++;
      request.cancel(Http3Error.H3_DATAGRAM_ERROR);
    } else if (request != null || mayStillCome(id)) {
      dropped += early.add(datagram, now);
    } else {
      dropped++;
    }
  }

  /** Only an extended CONNECT can have them, and what it is shows with its head (§2). */
  private static boolean isWithoutDatagrams(RequestStream request) {
    return request.request() != null && request.request().protocol() == null;
  }

  private boolean mayStillCome(long id) {
    return !http.isClient() && id >= http.nextRequestId();
  }

  /**
   * Server: a request has arrived that nobody registers. If it can have no datagrams, and some came
   * before it, it is cancelled, as when they come behind it (§2).
   *
   * @return whether it was
   */
  public boolean refuses(RequestStream request) {
    int came = isWithoutDatagrams(request) ? early.take(request.id()).size() : 0;
    if (came > 0) {
      dropped += came;
      request.cancel(Http3Error.H3_DATAGRAM_ERROR);
    }
    return came > 0;
  }

  /** From now on a request's datagrams come here, those first that came before it. */
  public void register(long streamId, DatagramReceiver receiver) {
    receivers.put(streamId, receiver);
    early
        .take(streamId)
        .forEach(waiting -> receiver.onDatagram(waiting.payload(), waiting.since()));
  }

  /** A request has no use for datagrams any more; they are dropped until it is forgotten. */
  public void unregister(long streamId) {
    if (http.request(streamId) == null) {
      forget(streamId); // its stream was closed before
      return;
    }
    receivers.replace(streamId, DROP);
    early.take(streamId);
  }

  /** A request's stream is closed. */
  public void forget(long streamId) {
    receivers.remove(streamId);
    early.take(streamId);
  }

  /** The longest payload that {@link #send} takes for a request now, in bytes; negative: none. */
  public int maxLength(long streamId) {
    boolean agreed =
        http.peerSettings().isDatagramEnabled()
            && http.config().additionalSettings().getOrDefault(Http3Settings.H3_DATAGRAM, 0L) == 1;
    return agreed && http.transport().maxDatagramLength() > 0
        ? http.transport().maxDatagramLength() - HttpDatagram.overhead(streamId)
        : -1;
  }

  /**
   * A queue for the datagrams of one request, which takes turns with those of others.
   *
   * @param limit how many wait to be sent before the oldest is dropped; at least 1
   * @param maxAge how long one may wait to be sent; zero for as long as it takes
   */
  public DatagramFlow openFlow(int limit, Duration maxAge) {
    return http.transport().openDatagramFlow(limit, maxAge);
  }

  /**
   * Sends a datagram, once. The caller sees to it that the request's sending side is open.
   *
   * @param flow of this request
   * @return false, with nothing done, when it is longer than {@link #maxLength}
   */
  public boolean send(DatagramFlow flow, long streamId, byte[] source, int offset, int length) {
    if (length > maxLength(streamId)) {
      return false;
    }
    http.trace().datagram(true, streamId, length);
    byte[] data = HttpDatagram.encode(streamId, source, offset, length);
    return flow.send(data, 0, data.length);
  }

  /** How many that arrived were dropped here. */
  public long dropped() {
    return dropped;
  }
}
