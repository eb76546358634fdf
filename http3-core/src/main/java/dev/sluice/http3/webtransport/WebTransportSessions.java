package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.datagram.HttpDatagrams;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.http3.webtransport.IncomingStreams.Incoming;
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
  /** Tied to a request that there is no session for. */
  private enum Answer {
    NO
  }

  private final Http3Connection http;
  private final WebTransportConfig config;
  private final HttpDatagrams datagrams;
  private final IncomingStreams incoming;
  private final Queue<WebTransportEvent> events = new ArrayDeque<>();
  // Datagrams and streams that came together with what ended their session are still to be seen.
  private final Queue<WebTransportEvent.Ended> endings = new ArrayDeque<>();
  private final Map<Long, WebTransportSession> sessions = new LinkedHashMap<>();
  private final Map<Long, SessionStream> streams = new HashMap<>();
  private final HeldRequests held = new HeldRequests();
  private VersionSelection selection;
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
    incoming = new IncomingStreams(config.maxBufferedStreams(), this::onTagged);
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
        WebTransportVersion version = version();
        return version != null && version.signalMayFollowFrames();
      }

      @Override
      public boolean impliesExtendedConnect() {
        return version() == WebTransportVersion.DRAFT_02;
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
    return selection;
  }

  private WebTransportVersion version() {
    return selection instanceof VersionSelection.Selected(WebTransportVersion version)
        ? version
        : null;
  }

  /** The sessions that have not ended, in the order of their requests. */
  public List<WebTransportSession> sessions() {
    return List.copyOf(sessions.values());
  }

  /** Client: how many more sessions the server takes now; 0 before its settings have arrived. */
  public long sessionCredit() {
    WebTransportVersion version = version();
    if (version == null || !http.canOpenRequests()) {
      return 0;
    }
    long limit = version.maxSessions(http.peerSettings());
    boolean alone =
        version.hasFlowControl() && !SessionFlow.isEnabled(version, config, http.peerSettings());
    return Math.max(0, Math.min(alone ? 1 : limit, config.maxSessions()) - sessions.size());
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
   */
  public WebTransportSession connect(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields) {
    if (sessionCredit() == 0) {
      throw new IllegalStateException("the connection takes no more sessions");
    }
    RequestHead head = SessionHeads.request(version(), authority, path, protocols, fields);
    RequestStream request = http.openRequest(head, false);
    if (request == null) {
      return null;
    }
    WebTransportSession session =
        new WebTransportSession(this, request, version(), protocolRequired);
    begin(session, request);
    return session;
  }

  private void begin(WebTransportSession session, RequestStream request) {
    request.attach(session);
    sessions.put(session.id(), session);
    datagrams.register(session.id(), session::onDatagram);
    countRejected(session);
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
        onSettings(settings);
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
      case Http3Event.Request(RequestStream request, RequestHead head) -> onRequest(request, head);
      case Http3Event.Claimed(long type, var recv, var send) -> {
        incoming.onOpened(recv, send);
        yield true;
      }
      case Http3Event.Transport(QuicEvent transport) -> onTransport(transport);
      case Http3Event.Response(var request, ResponseHead head) ->
          with(request, session -> session.onResponse(head));
      case Http3Event.Readable(var request) ->
          with(request, WebTransportSession::onConnectReadable);
      case Http3Event.RequestEnded(var request, var ending) -> {
        held.onEnded(request, ending);
        yield with(request, session -> session.onRequestEnded(ending));
      }
      case Http3Event.Writable(var request) ->
          with(request, WebTransportSession::onConnectWritable);
      case Http3Event.Stopped(var request, long code) -> {
        held.onStopped(request, code);
        yield with(request, session -> session.onConnectStopped(code));
      }
      case Http3Event.Closed(var request) -> {
        refuseBuffered(request); // whatever it was, it has not become their session
        yield with(request, session -> datagrams.forget(session.id()));
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

  private void onSettings(Http3Settings peer) {
    boolean broken =
        peer.value(WebTransportVersion.DRAFT_02.setting(), 0) > 1
            || http.isClient() && peer.value(WebTransportVersion.DRAFT_16.setting(), 0) > 1;
    if (broken) {
      http.close(Http3Error.H3_SETTINGS_ERROR, "SETTINGS: WebTransport is on or off");
      return;
    }
    selection =
        VersionSelection.select(
            config.versions(),
            peer,
            http.isClient(),
            config.datagramsRequired(),
            http.transport().maxDatagramLength() > 0,
            http.transport().supportsResetAt());
    emit(new WebTransportEvent.Settled(selection));
    held.take().forEach(request -> answer(request, request.request()));
  }

  private boolean onRequest(RequestStream request, RequestHead head) {
    if (!SessionHeads.isSession(head)) {
      refuseBuffered(request); // streams that came before it took it for a session
      return datagrams.refuses(request);
    }
    if (selection == null) {
      held.add(request);
    } else {
      answer(request, head);
    }
    return true;
  }

  /** Server: what can be said about a request without the application (§3.1, §3.2, §5.2). */
  private void answer(RequestStream request, RequestHead head) {
    WebTransportVersion version = version();
    String origin = head.fields().first("origin");
    if (version == null || SessionHeads.whyNotCapsules(head) != null) {
      // Settings without what the version needs make every session malformed (§3.1).
      drop(request, Http3Error.H3_MESSAGE_ERROR);
    } else if (!"https".equals(head.scheme())) {
      refuse(request, 400);
    } else if (origin != null && !config.originPolicy().allows(origin, head)) {
      refuse(request, 403);
    } else if (sessions.size() >= maxSessionsHere(version)) {
      drop(request, Http3Error.H3_REQUEST_REJECTED);
    } else {
      WebTransportSession session = new WebTransportSession(this, request, version, false);
      emit(new WebTransportEvent.Requested(session));
      begin(session, request);
      if (goawayReceived) {
        session.onDraining(); // its request was overtaken
      }
    }
  }

  private int maxSessionsHere(WebTransportVersion version) {
    boolean alone =
        version.hasFlowControl() && !SessionFlow.isEnabled(version, config, http.peerSettings());
    return alone ? 1 : config.maxSessions();
  }

  private void drop(RequestStream request, Http3Error error) {
    request.cancel(error);
    refuseStreams(request);
  }

  private void refuse(RequestStream request, int status) {
    request.sendResponse(new ResponseHead(status, Fields.EMPTY), true);
    request.stopReading(Http3Error.H3_NO_ERROR);
    refuseStreams(request);
  }

  private void refuseStreams(RequestStream request) {
    request.attach(Answer.NO);
    datagrams.forget(request.id());
    refuseBuffered(request);
  }

  private void refuseBuffered(RequestStream request) {
    incoming.takeRejected(request.id());
    incoming.take(request.id()).forEach(stream -> stream.refuse(Http3Error.WT_SESSION_GONE));
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
    held.take();
    SessionEnding.ConnectionEnded lost = new SessionEnding.ConnectionEnded(ending);
    sessions().forEach(session -> session.onConnectionEnded(lost));
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

  /** The session id of a stream of the peer is known (§4, §4.6, §6). */
  private void onTagged(long sessionId, Incoming stream) {
    if ((sessionId & 3) != 0) {
      http.close(
          Http3Error.H3_ID_ERROR, "session id " + sessionId + " is not a client's request stream");
      return;
    }
    WebTransportSession session = sessions.get(sessionId);
    if (session != null && session.isOpen()) {
      session.streams().onOpened(stream.recv(), stream.send());
    } else if (session != null || mayStillCome(sessionId)) {
      if (!incoming.buffer(sessionId, stream)) {
        incoming.reject(sessionId, stream);
        countRejected(session);
      }
    } else if (!isTakenByEnded(sessionId, stream)) {
      stream.refuse(Http3Error.WT_SESSION_GONE);
    }
  }

  /**
   * @param session null for one that is not there yet
   */
  private void countRejected(WebTransportSession session) {
    if (session != null) {
      incoming.takeRejected(session.id()).forEach(session.streams()::onRejected);
    }
  }

  /** What came together with the end of a session that was open comes before the end. */
  private boolean isTakenByEnded(long sessionId, Incoming stream) {
    for (WebTransportEvent.Ended ended : endings) {
      boolean wasOpen = ended.session().response() != null;
      if (wasOpen && ended.session().id() == sessionId) {
        ended.session().streams().onOpened(stream.recv(), stream.send());
        return true;
      }
    }
    return false;
  }

  private boolean mayStillCome(long sessionId) {
    if (http.isClient()) {
      return false;
    }
    RequestStream request = http.request(sessionId);
    if (request == null) {
      return sessionId >= http.nextRequestId();
    }
    // Its head has not arrived, or the event that brings it here is still to come, or it is held.
    boolean asksForSession = request.request() == null || SessionHeads.isSession(request.request());
    return asksForSession && request.attachment() == null;
  }

  // What the sessions ask for

  Http3Connection http() {
    return http;
  }

  byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    return http.transport().exportKeyingMaterial(label, context, length);
  }

  WebTransportConfig config() {
    return config;
  }

  HttpDatagrams datagrams() {
    return datagrams;
  }

  long now() {
    return now;
  }

  void emit(WebTransportEvent event) {
    events.add(event);
  }

  void add(SessionStream stream) {
    streams.put(stream.id(), stream);
  }

  void remove(SessionStream stream) {
    streams.remove(stream.id());
  }

  /** Streams that waited for the session are its own now. */
  void onEstablished(WebTransportSession session) {
    for (Incoming stream : incoming.take(session.id())) {
      onTagged(session.id(), stream);
    }
  }

  /** The last that is told of a session, behind every datagram that came with its end. */
  void emitEnded(WebTransportEvent.Ended ended) {
    endings.add(ended);
  }

  void onEnded(WebTransportSession session) {
    sessions.remove(session.id());
    for (Incoming stream : incoming.take(session.id())) {
      stream.refuse(Http3Error.WT_SESSION_GONE);
    }
  }
}
