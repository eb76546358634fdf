package dev.sluice.http3.webtransport;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.Http3Settings;

/** The flow control of a session (§5): off, or limits in both directions. */
final class SessionFlow {
  /** No stream id is larger than 2^62-1 (§5.6.2). */
  static final long MAX_STREAMS = 1L << 60;

  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  private final boolean enabled;
  private final boolean limitsMustGrow;
  private final PeerLimit peerData;
  private final PeerLimit peerBidi;
  private final PeerLimit peerUni;
  private final OwnLimit ownData;
  private final OwnLimit ownBidi;
  private final OwnLimit ownUni;

  private SessionFlow(
      boolean enabled, boolean limitsMustGrow, WebTransportConfig own, Http3Settings peer) {
    this.enabled = enabled;
    this.limitsMustGrow = limitsMustGrow;
    peerData = new PeerLimit(initial(peer, WebTransportVersion.INITIAL_MAX_DATA));
    peerBidi = new PeerLimit(initial(peer, WebTransportVersion.INITIAL_MAX_STREAMS_BIDI));
    peerUni = new PeerLimit(initial(peer, WebTransportVersion.INITIAL_MAX_STREAMS_UNI));
    ownData = new OwnLimit(enabled ? own.initialMaxData() : UNLIMITED);
    ownBidi = new OwnLimit(enabled ? own.initialMaxStreamsBidi() : UNLIMITED);
    ownUni = new OwnLimit(enabled ? own.initialMaxStreamsUni() : UNLIMITED);
  }

  private long initial(Http3Settings peer, long setting) {
    return enabled ? peer.value(setting, 0) : UNLIMITED;
  }

  static SessionFlow of(WebTransportVersion version, WebTransportConfig own, Http3Settings peer) {
    return new SessionFlow(isEnabled(version, own, peer), version.limitsMustGrow(), own, peer);
  }

  /** Flow control holds when both sides have shown that they mean it (§5.1). */
  static boolean isEnabled(
      WebTransportVersion version, WebTransportConfig own, Http3Settings peer) {
    return version.hasFlowControl() && own.hasFlowControl() && isMeant(version, peer);
  }

  private static boolean isMeant(WebTransportVersion version, Http3Settings peer) {
    return peer.value(WebTransportVersion.INITIAL_MAX_DATA, 0) > 0
        || peer.value(WebTransportVersion.INITIAL_MAX_STREAMS_BIDI, 0) > 0
        || peer.value(WebTransportVersion.INITIAL_MAX_STREAMS_UNI, 0) > 0
        || version == WebTransportVersion.DRAFT_14 && version.maxSessions(peer) > 1;
  }

  boolean isEnabled() {
    return enabled;
  }

  PeerLimit peerData() {
    return peerData;
  }

  PeerLimit peerStreams(boolean bidirectional) {
    return bidirectional ? peerBidi : peerUni;
  }

  OwnLimit ownData() {
    return ownData;
  }

  OwnLimit ownStreams(boolean bidirectional) {
    return bidirectional ? ownBidi : ownUni;
  }

  /**
   * The peer raised a limit, or says that one of ours holds it up, which is for people only.
   *
   * @return why the peer was wrong (WT_FLOW_CONTROL_ERROR), or null
   */
  String onCapsule(Capsule capsule) {
    long value = capsule.integer();
    long type = capsule.type();
    if (type == CapsuleType.WT_MAX_DATA) {
      return raise(peerData, capsule, value);
    }
    if (type == CapsuleType.WT_DATA_BLOCKED) {
      return null;
    }
    if (value > MAX_STREAMS) {
      return CapsuleType.name(type) + " is above 2^60";
    }
    if (type == CapsuleType.WT_MAX_STREAMS_BIDI) {
      return raise(peerBidi, capsule, value);
    }
    return type == CapsuleType.WT_MAX_STREAMS_UNI ? raise(peerUni, capsule, value) : null;
  }

  private String raise(PeerLimit limit, Capsule capsule, long value) {
    if (value < limit.maximum() || limitsMustGrow && value == limit.maximum()) {
      return CapsuleType.name(capsule.type()) + " does not raise the limit";
    }
    limit.raise(value);
    return null;
  }

  /** What there is to tell the peer, one capsule at a time; null when nothing. */
  Capsule nextCapsule() {
    if (!enabled) {
      return null;
    }
    Capsule update = update(ownData, CapsuleType.WT_MAX_DATA);
    update = update != null ? update : update(ownBidi, CapsuleType.WT_MAX_STREAMS_BIDI);
    update = update != null ? update : update(ownUni, CapsuleType.WT_MAX_STREAMS_UNI);
    update = update != null ? update : report(peerData, CapsuleType.WT_DATA_BLOCKED);
    update = update != null ? update : report(peerBidi, CapsuleType.WT_STREAMS_BLOCKED_BIDI);
    return update != null ? update : report(peerUni, CapsuleType.WT_STREAMS_BLOCKED_UNI);
  }

  private static Capsule update(OwnLimit limit, long type) {
    long maximum = limit.takeUpdate();
    return maximum == 0 ? null : Capsule.ofInteger(type, maximum);
  }

  private static Capsule report(PeerLimit limit, long type) {
    return limit.takeReport() ? Capsule.ofInteger(type, limit.maximum()) : null;
  }
}
