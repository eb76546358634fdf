package dev.sluice.http3.webtransport;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import java.util.List;
import java.util.Objects;

/** One WebTransport session, in either role. */
public final class WebTransportSession {
  private final WebTransportSessions sessions;
  private final RequestStream request;
  private final WebTransportVersion version;
  private final SessionFlow flow;
  private final ConnectStream connect;
  private final SessionCapsules capsules;
  private final SessionStreams streams;
  private final SessionDatagrams datagrams;
  private final SessionEstablishment establishment;
  private final SessionTermination termination;

  private SessionState state;
  private boolean drained;
  private boolean drainSent;
  private SessionEnding ending;
  private Object attachment;

  WebTransportSession(
      WebTransportSessions sessions,
      RequestStream request,
      WebTransportVersion version,
      boolean protocolRequired) {
    this.sessions = sessions;
    this.request = request;
    this.version = version;
    flow = SessionFlow.of(version, sessions.config(), sessions.http().peerSettings());
    connect = new ConnectStream(request, version, flow.isEnabled());
    capsules = new SessionCapsules(this, sessions, connect);
    streams = new SessionStreams(this, sessions);
    datagrams = new SessionDatagrams(this, sessions);
    establishment = new SessionEstablishment(this, request, protocolRequired);
    termination = new SessionTermination(this, request, connect, capsules, datagrams);
    state = sessions.http().isClient() ? SessionState.CONNECTING : SessionState.REQUESTED;
  }

  // What there is to know

  /** The session id: the id of its CONNECT stream. */
  public long id() {
    return request.id();
  }

  /** The draft that is spoken. */
  public WebTransportVersion version() {
    return version;
  }

  /** The request for it. */
  public RequestHead request() {
    return request.request();
  }

  /** The response to it; null before. */
  public ResponseHead response() {
    return establishment.response();
  }

  /** The application protocols that the client has offered, most wanted first. */
  public List<String> offeredProtocols() {
    return establishment.offered();
  }

  /** The application protocol that was agreed on (§3.3); null when none. */
  public String protocol() {
    return establishment.protocol();
  }

  /** Whether it is established and has not ended. */
  public boolean isOpen() {
    return state == SessionState.OPEN;
  }

  /** Whether the peer has asked to wind it down. */
  public boolean isDraining() {
    return drained;
  }

  /** How it ended; null before. */
  public SessionEnding ending() {
    return ending;
  }

  /** What it has carried so far. */
  public SessionStatistics statistics() {
    return new SessionStatistics(
        streams.openedHere(),
        streams.openedByPeer(),
        streams.bytesSent(),
        streams.bytesReceived(),
        datagrams.sent(),
        datagrams.droppedUnsent(),
        datagrams.received(),
        datagrams.droppedUnread());
  }

  /** Whatever the user of this session has tied to it; null at first. */
  public Object attachment() {
    return attachment;
  }

  /** Ties something to this session, for the user's own book-keeping. */
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }

  // Establishing

  /**
   * Server: accepts the session. Nothing happens when it has ended meanwhile. Where the client has
   * closed it, or its connection has ended, this brings what came before that, and then the end.
   *
   * @param chosen one of {@link #offeredProtocols()}, or null for none
   * @param fields further fields of the response
   * @throws IllegalArgumentException for a protocol that was not offered, or a field that speaks of
   *     content, such as Content-Type (RFC 9297 §3.2)
   * @throws IllegalStateException when it was answered before
   */
  public void accept(String chosen, Fields fields) {
    if (state != SessionState.ENDED) {
      establishment.accept(chosen, fields);
    }
  }

  /**
   * Server: turns the session down. Nothing happens when it has ended meanwhile.
   *
   * @param status 300 to 599
   * @throws IllegalStateException when it was answered before
   */
  public void reject(int status, Fields fields) {
    if (state != SessionState.ENDED) {
      establishment.reject(status, fields);
    }
  }

  /** The answer is yes: what came before it counts now (§3.2, §4.6). */
  void onEstablished() {
    state = SessionState.OPEN;
    sessions.incoming().onEstablished(this);
    capsules.read();
  }

  // Streams

  /**
   * Opens a bidirectional stream. A client may do so before the session is established (§4).
   *
   * @return null when a limit is reached, and StreamsAvailable follows, or when the session is not
   *     open
   */
  public SessionStream openBidi() {
    return mayUse() ? streams.open(true) : null;
  }

  /** Opens a unidirectional stream; null as for {@link #openBidi()}. */
  public SessionStream openUni() {
    return mayUse() ? streams.open(false) : null;
  }

  private boolean mayUse() {
    return state == SessionState.OPEN || state == SessionState.CONNECTING;
  }

  /** The priority of its streams at first: that of its request (§3.4, RFC 9218). */
  public Priority priority() {
    return request.priority();
  }

  // Datagrams

  /** The longest datagram that {@link #sendDatagram} takes now; negative when it takes none. */
  public int maxDatagramLength() {
    return mayUse() ? datagrams.maxLength() : -1;
  }

  /**
   * Sends a datagram, once. The session's limits bound how many wait, and for how long.
   *
   * @param source is copied
   * @return false, with nothing done, when it is longer than {@link #maxDatagramLength()}
   */
  public boolean sendDatagram(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    return mayUse() && datagrams.send(source, offset, length);
  }

  /**
   * The oldest datagram that waits, also after the session has ended; null when there is none, and
   * DatagramsReceived follows.
   *
   * @param now in nanoseconds
   */
  public byte[] nextDatagram(long now) {
    return datagrams.next(now);
  }

  /** One came; also together with the end, before anybody was told of it. */
  void onDatagram(byte[] payload, long now) {
    datagrams.add(payload, now);
  }

  // Winding down

  /** Asks the peer to wind the session down (WT_DRAIN_SESSION, §4.7); once, and while open. */
  public void drain() {
    if (state == SessionState.OPEN && !drainSent) {
      drainSent = true;
      connect.send(Capsule.empty(CapsuleType.WT_DRAIN_SESSION));
    }
  }

  /** The peer asks so, by capsule or by GOAWAY. */
  void onDraining() {
    if (!drained && state != SessionState.ENDED) {
      drained = true;
      emit(new WebTransportEvent.Draining(this));
    }
  }

  /**
   * Closes the session. Its streams are cut: whoever wants them to arrive finishes them and waits
   * first. Datagrams that were sent before and wait for the network leave before the close does, as
   * far as their limits let them wait. Nothing happens when it has ended.
   *
   * @param code 0 to 2^32-1
   * @param reason cut to 1024 bytes of UTF-8
   */
  public void close(long code, String reason) {
    SendingPart.requireCode(code);
    if (state != SessionState.ENDED) {
      termination.close(CloseCapsule.of(code, reason));
    }
  }

  /**
   * Whether the peer has said that the session is gone, and not how it was closed. What says that
   * is on its way, unless the peer breaks the rules: whoever has a clock waits for it with {@link
   * #expire()}.
   */
  public boolean isGone() {
    return termination.isGone();
  }

  /** Ends a session that {@link #isGone()}: what was to come has not. */
  public void expire() {
    termination.expire();
  }

  /**
   * Keys that only the two ends of this session know (§4.8, RFC 8446 §7.5).
   *
   * @param label at most 255 bytes
   * @param context at most 255 bytes, possibly none
   * @param length of the result in bytes
   */
  public byte[] exportKeyingMaterial(byte[] label, byte[] context, int length) {
    byte[] own = ExporterContext.encode(id(), label, context);
    return sessions.http().transport().exportKeyingMaterial(ExporterContext.TLS_LABEL, own, length);
  }

  /** It has ended: everything that is its own ends with it. */
  void end(SessionEnding how) {
    state = SessionState.ENDED;
    ending = how;
    sessions.onEnded(this);
    streams.onSessionEnded(how);
    datagrams.onSessionEnded();
    sessions.emitEnded(new WebTransportEvent.Ended(this, how));
  }

  // Its parts, and what they tell

  SessionState state() {
    return state;
  }

  SessionEstablishment establishment() {
    return establishment;
  }

  SessionTermination termination() {
    return termination;
  }

  SessionStreams streams() {
    return streams;
  }

  SessionFlow flow() {
    return flow;
  }

  void emit(WebTransportEvent event) {
    sessions.emit(event);
  }

  /** The peer broke a rule of the session. */
  void fail(Http3Error error, String reason) {
    termination.fail(error, reason);
  }

  void onConnectWritable() {
    connect.flush();
    sendUpdates();
  }

  void onPartOver(SessionStream stream) {
    streams.onPartOver(stream);
  }

  void onReceivingOver(ReceivingPart part, SessionStream stream) {
    streams.onReceivingOver(part, stream);
    sendUpdates();
  }

  void onDataBlocked(SendingPart part) {
    streams.onDataBlocked(part);
    sendUpdates();
  }

  /** Bytes of a stream's body arrived. */
  void onReceived(long more) {
    if (!flow.ownData().use(more)) {
      fail(Http3Error.WT_FLOW_CONTROL_ERROR, "more data than WT_MAX_DATA allows");
    }
  }

  /** Bytes of a stream's body went to the application. */
  void onRead(int bytes) {
    streams.onRead(bytes);
  }

  /** Tells the peer of new limits, and of its own that hold this side up (§5.6). */
  void sendUpdates() {
    streams.settle();
    while (state == SessionState.OPEN && connect.isFlushed() && !request.isCut()) {
      Capsule next = flow.nextCapsule();
      if (next == null) {
        return;
      }
      connect.send(next);
    }
  }
}
