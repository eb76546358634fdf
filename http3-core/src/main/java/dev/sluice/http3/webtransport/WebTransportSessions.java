package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.datagram.HttpDatagrams;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The WebTransport sessions of one HTTP/3 connection, client or server. Pure, like the connection,
 * and used on its thread. The owner hands every event of the connection to {@link #onEvent} before
 * it looks at it itself, and takes events from {@link #nextEvent()} until there are none.
 */
public final class WebTransportSessions {
  private final Http3Connection http;
  private final WebTransportConfig config;
  private final HttpDatagrams datagrams;
  private final ConnectRequests requests;
  private final IncomingStreams incoming;
  private final Queue<WebTransportEvent> events = new ArrayDeque<>();
  // Datagrams and streams that came together with what ended their session are still to be seen.
  private final Queue<WebTransportEvent.Ended> endings = new ArrayDeque<>();
  private final Map<Long, WebTransportSession> sessions = new LinkedHashMap<>();
  private final Map<Long, SessionStream> streams = new HashMap<>();
  private boolean goawayReceived;
  private long now;

  /**
   * @param http has been configured with {@link WebTransportConfig#applyTo}, and not processed
   *     anything yet
   */
  public WebTransportSessions(Http3Connection http, WebTransportConfig config) {
    this.http = http;
    this.config = config;
    datagrams = new HttpDatagrams(http, config.maxBufferedDatagrams());
    requests = new ConnectRequests(this);
    incoming = new IncomingStreams(this);
    http.claim(claims());
  }

  private StreamClaims claims() {
    return new StreamClaims() {
      @Override
      public boolean claimsType(long type) {
        return type == StreamHeader.UNI_TYPE;
      }

      @Override
      public boolean claimsSignal(long frameType) {
        return frameType == StreamHeader.BIDI_SIGNAL;
      }

      @Override
      public boolean signalMayFollowFrames() {
        WebTransportVersion version = requests.version();
        return version != null && version.signalMayFollowFrames();
      }

      @Override
      public boolean impliesExtendedConnect() {
        return requests.version() == WebTransportVersion.DRAFT_02;
      }
    };
  }

  // For the owner

  /** The next event in order, or null when there is none at present. */
  public WebTransportEvent nextEvent() {
    WebTransportEvent next = events.poll();
    if (next != null || endings.isEmpty() || http.hasEvents()) {
      return next;
    }
    WebTransportEvent.Ended last = endings.poll();
    datagrams.unregister(last.session().id());
    return last;
  }

  /** What the settings of both sides came to; null before the peer's have arrived. */
  public VersionSelection selection() {
    return requests.selection();
  }

  /** The sessions that have not ended, in the order of their requests. */
  public List<WebTransportSession> sessions() {
    return List.copyOf(sessions.values());
  }

  /** Client: how many more sessions the server takes now; 0 before its settings have arrived. */
  public long sessionCredit() {
    return requests.credit();
  }

  /**
   * Client: asks for a session. {@link WebTransportEvent.Established} or Ended follows.
   *
   * @param path with the query
   * @param protocols application protocols to offer, most wanted first; printable ASCII
   * @param protocolRequired whether there is no session without one of them
   * @param fields further fields, such as Origin
   * @return null when there is no credit for a request stream now; RequestsAvailable follows
   * @throws IllegalStateException when {@link #sessionCredit()} is 0
   * @throws IllegalArgumentException for a field that speaks of content (RFC 9297 §3.2)
   */
  public WebTransportSession connect(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields) {
    return requests.connect(authority, path, protocols, protocolRequired, fields);
  }

  /**
   * Acts on an event of the connection.
   *
   * @param currentTime in nanoseconds
   * @return whether it was for WebTransport only, and nobody else needs to look at it
   */
  public boolean onEvent(Http3Event event, long currentTime) {
    now = currentTime;
    return switch (event) {
      case Http3Event.SettingsReceived(Http3Settings settings) -> {
        requests.onSettings(settings);
        yield false;
      }
      case Http3Event.Goaway goaway -> {
        onGoaway();
        yield false;
      }
      case Http3Event.ConnectionEnded(ConnectionEnding ending) -> {
        onConnectionEnded(ending);
        yield false;
      }
      case Http3Event.Request(RequestStream request, RequestHead head) ->
          requests.onRequest(request, head);
      case Http3Event.Claimed(long type, var recv, var send) -> {
        incoming.onOpened(recv, send);
        yield true;
      }
      case Http3Event.Transport(QuicEvent transport) -> onTransport(transport);
      case Http3Event.Response(var request, ResponseHead head) ->
          with(request, session -> session.establishment().onResponse(head));
      case Http3Event.Readable(var request) ->
          with(request, session -> session.termination().onReadable());
      case Http3Event.RequestEnded(var request, var ending) -> {
        requests.onEnded(request, ending);
        yield with(request, session -> session.termination().onRequestEnded(ending));
      }
      case Http3Event.Writable(var request) ->
          with(request, WebTransportSession::onConnectWritable);
      case Http3Event.Stopped(var request, long code) -> {
        requests.onStopped(request, code);
        yield with(request, session -> session.termination().onStopped(code));
      }
      case Http3Event.Closed(var request) -> {
        boolean session = with(request, closed -> datagrams.forget(closed.id()));
        if (!session && !requests.holds(request.id())) {
          incoming.refuse(request.id()); // whatever it was, it has not become their session
        }
        yield session;
      }
      case Http3Event.Informational(var request, var head) -> with(request, session -> {});
      case Http3Event.Trailers(var request, var fields) -> with(request, session -> {});
      case Http3Event.RequestsAvailable available -> false;
      case Http3Event.Drained drained -> false;
    };
  }

  private static boolean with(RequestStream request, Consumer<WebTransportSession> action) {
    if (request.attachment() instanceof WebTransportSession session) {
      action.accept(session);
      return true;
    }
    return false;
  }

  /** GOAWAY is for every session, whatever its id says (§4.7). */
  private void onGoaway() {
    goawayReceived = true;
    boolean closing =
        switch (http.ending()) {
          case ConnectionEnding.ApplicationClose close -> close.by() == ConnectionEnding.Side.LOCAL;
          case ConnectionEnding.TransportClose close -> close.by() == ConnectionEnding.Side.LOCAL;
          case null, default -> false;
        };
    if (!closing) {
      sessions().forEach(WebTransportSession::onDraining);
    }
  }

  private void onConnectionEnded(ConnectionEnding ending) {
    requests.onConnectionEnded();
    SessionEnding.ConnectionEnded lost = new SessionEnding.ConnectionEnded(ending);
    sessions().forEach(session -> session.termination().onConnectionEnded(lost));
  }

  /** Whether the event was for a session. */
  private boolean onTransport(QuicEvent event) {
    switch (event) {
      case QuicEvent.Readable(var quic) -> onReadable(quic.id());
      case QuicEvent.Writable(var quic) -> with(quic.id(), stream -> stream.sending().onWritable());
      case QuicEvent.Stopped(var quic, long code) ->
          with(quic.id(), stream -> stream.sending().onStopped(code));
      case QuicEvent.SendCompleted(var quic) ->
          with(quic.id(), stream -> stream.sending().onCompleted());
      case QuicEvent.DatagramReceived(byte[] data) -> datagrams.onDatagram(data, now);
      case QuicEvent.StreamsAvailable(boolean bidirectional) ->
          sessions().forEach(session -> session.streams().onStreamsAvailable(bidirectional));
      case QuicEvent.HandshakeComplete e -> {
        return false;
      }
      case QuicEvent.HandshakeConfirmed e -> {
        return false;
      }
      case QuicEvent.EarlyDataDecided e -> {
        return false;
      }
      case QuicEvent.NewSessionTicket e -> {
        return false;
      }
      case QuicEvent.NewToken e -> {
        return false;
      }
      case QuicEvent.PathChanged e -> {
        return false;
      }
      case QuicEvent.MigrationFailed e -> {
        return false;
      }
      case QuicEvent.PeerOpened e -> {
        return false;
      }
      case QuicEvent.Ended e -> {
        return false;
      }
    }
    return true;
  }

  private void onReadable(long id) {
    SessionStream stream = streams.get(id);
    if (stream != null) {
      stream.receiving().onReadable();
    } else if (incoming.has(id)) {
      incoming.onReadable(id);
    } else {
      // The final size of one that nobody reads any more: it may be what a session waits for.
      sessions().forEach(WebTransportSession::sendUpdates);
    }
  }

  private void with(long id, Consumer<SessionStream> action) {
    SessionStream stream = streams.get(id);
    if (stream != null) {
      action.accept(stream);
    }
  }

  // What the parts of it ask for

  Http3Connection http() {
    return http;
  }

  WebTransportConfig config() {
    return config;
  }

  HttpDatagrams datagrams() {
    return datagrams;
  }

  ConnectRequests requests() {
    return requests;
  }

  IncomingStreams incoming() {
    return incoming;
  }

  long now() {
    return now;
  }

  void emit(WebTransportEvent event) {
    events.add(event);
  }

  /** There is a session, which is not established yet. */
  void begin(WebTransportSession session, RequestStream request) {
    request.attach(session);
    sessions.put(session.id(), session);
    datagrams.register(session.id(), session::onDatagram);
    incoming.countRejected(session);
    if (goawayReceived) {
      session.onDraining(); // its request was overtaken
    }
  }

  /** How many sessions have not ended. */
  int count() {
    return sessions.size();
  }

  /** One that has not ended, or null. */
  WebTransportSession session(long id) {
    return sessions.get(id);
  }

  /** One that has ended, and nobody was told so yet, or null. */
  WebTransportSession endedUntold(long id) {
    for (WebTransportEvent.Ended ended : endings) {
      if (ended.session().id() == id) {
        return ended.session();
      }
    }
    return null;
  }

  void onEnded(WebTransportSession session) {
    sessions.remove(session.id());
    incoming.refuse(session.id());
  }

  /** The last that is told of a session, behind every datagram that came with its end. */
  void emitEnded(WebTransportEvent.Ended ended) {
    endings.add(ended);
  }

  void add(SessionStream stream) {
    streams.put(stream.id(), stream);
  }

  void remove(SessionStream stream) {
    streams.remove(stream.id());
  }
}
