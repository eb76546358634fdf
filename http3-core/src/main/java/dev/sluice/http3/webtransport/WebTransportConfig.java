package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.quic.wire.VarInt;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What this side offers of WebTransport, and bears. Immutable; begin with {@link #DEFAULT}.
 *
 * @param versions the drafts to speak; at least one
 * @param maxSessions how many sessions one connection may have at a time; at least 1
 * @param initialMaxStreamsBidi how many bidirectional streams the peer may have open in one
 *     session, 0 to 2^60, where session flow control holds (§5)
 * @param initialMaxStreamsUni the same for unidirectional streams
 * @param initialMaxData how many bytes of one session's streams the peer may have on the way, 0 to
 *     2^62-1, where session flow control holds
 * @param maxBufferedStreams how many streams to keep for sessions that are not there yet (§4.6)
 * @param maxBufferedDatagrams how many datagrams to keep for such
 * @param datagrams how many datagrams wait in each session, and for how long
 * @param datagramsRequired whether a peer that offers a draft from 07 on without datagrams, which
 *     they all demand, gets no sessions (§3.1). Without this it gets sessions that have none
 * @param originPolicy which origins a server lets in (§3.2)
 */
public record WebTransportConfig(
    Set<WebTransportVersion> versions,
    int maxSessions,
    long initialMaxStreamsBidi,
    long initialMaxStreamsUni,
    long initialMaxData,
    int maxBufferedStreams,
    int maxBufferedDatagrams,
    DatagramLimits datagrams,
    boolean datagramsRequired,
    OriginPolicy originPolicy) {

  /**
   * Sixteen sessions are more than a page has. A hundred streams and 16 MiB on the way carry a
   * gigabit a second over 100 ms. What is early is so by a round trip at most, and a browser opens
   * few streams in one.
   */
  public static final WebTransportConfig DEFAULT =
      new WebTransportConfig(
          Set.of(WebTransportVersion.values()),
          16,
          100,
          100,
          16 << 20,
          100,
          256,
          DatagramLimits.DEFAULT,
          true,
          OriginPolicy.SAME_ORIGIN);

  public WebTransportConfig {
    Objects.requireNonNull(datagrams, "datagrams");
    versions = Set.copyOf(versions);
    boolean negative =
        initialMaxStreamsBidi < 0
            || initialMaxStreamsUni < 0
            || initialMaxData < 0
            || maxBufferedStreams < 0
            || maxBufferedDatagrams < 0;
    if (versions.isEmpty() || maxSessions < 1 || negative) {
      throw new IllegalArgumentException("no versions or sessions, or a negative limit");
    }
    boolean tooLarge =
        initialMaxStreamsBidi > SessionFlow.MAX_STREAMS
            || initialMaxStreamsUni > SessionFlow.MAX_STREAMS
            || initialMaxData > VarInt.MAX;
    if (tooLarge) {
      throw new IllegalArgumentException("a limit that cannot be said (§5.5, §5.6.2)");
    }
    if (maxSessions > 1
        && (initialMaxStreamsBidi == 0 || initialMaxStreamsUni == 0 || initialMaxData == 0)) {
      // Safari refuses a server that lets sessions share a connection without limits for each.
      throw new IllegalArgumentException("several sessions need flow control (§5.1)");
    }
  }

  /** With other versions. */
  public WebTransportConfig withVersions(Set<WebTransportVersion> other) {
    return new WebTransportConfig(
        other,
        maxSessions,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        maxBufferedStreams,
        maxBufferedDatagrams,
        datagrams,
        datagramsRequired,
        originPolicy);
  }

  /** With another number of sessions. */
  public WebTransportConfig withMaxSessions(int other) {
    return new WebTransportConfig(
        versions,
        other,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        maxBufferedStreams,
        maxBufferedDatagrams,
        datagrams,
        datagramsRequired,
        originPolicy);
  }

  /** With other limits for each session; all 0 for no flow control. */
  public WebTransportConfig withFlowControl(long streamsBidi, long streamsUni, long data) {
    return new WebTransportConfig(
        versions,
        maxSessions,
        streamsBidi,
        streamsUni,
        data,
        maxBufferedStreams,
        maxBufferedDatagrams,
        datagrams,
        datagramsRequired,
        originPolicy);
  }

  /** With other bounds on what comes before its session. */
  public WebTransportConfig withBuffered(int streams, int datagramCount) {
    return new WebTransportConfig(
        versions,
        maxSessions,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        streams,
        datagramCount,
        datagrams,
        datagramsRequired,
        originPolicy);
  }

  /** With other queues of datagrams. */
  public WebTransportConfig withDatagrams(DatagramLimits other) {
    return new WebTransportConfig(
        versions,
        maxSessions,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        maxBufferedStreams,
        maxBufferedDatagrams,
        other,
        datagramsRequired,
        originPolicy);
  }

  /** With or without sessions for peers that know no datagrams. */
  public WebTransportConfig withDatagramsRequired(boolean required) {
    return new WebTransportConfig(
        versions,
        maxSessions,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        maxBufferedStreams,
        maxBufferedDatagrams,
        datagrams,
        required,
        originPolicy);
  }

  /** With another policy on origins. */
  public WebTransportConfig withOriginPolicy(OriginPolicy other) {
    return new WebTransportConfig(
        versions,
        maxSessions,
        initialMaxStreamsBidi,
        initialMaxStreamsUni,
        initialMaxData,
        maxBufferedStreams,
        maxBufferedDatagrams,
        datagrams,
        datagramsRequired,
        other);
  }

  /** Whether this side means sessions to have limits of their own (§5.1). */
  boolean hasFlowControl() {
    return initialMaxData > 0 || initialMaxStreamsBidi > 0 || initialMaxStreamsUni > 0;
  }

  /** The configuration of a connection that offers WebTransport besides what it offers already. */
  public Http3Config applyTo(Http3Config http) {
    Map<Long, Long> settings = new HashMap<>(http.additionalSettings());
    settings.put(Http3Settings.H3_DATAGRAM, 1L);
    for (WebTransportVersion version : versions) {
      boolean isCount =
          version == WebTransportVersion.DRAFT_07 || version == WebTransportVersion.DRAFT_14;
      settings.put(version.setting(), isCount ? (long) maxSessions : 1L);
    }
    if (hasFlowControl()) {
      settings.put(WebTransportVersion.INITIAL_MAX_DATA, initialMaxData);
      settings.put(WebTransportVersion.INITIAL_MAX_STREAMS_BIDI, initialMaxStreamsBidi);
      settings.put(WebTransportVersion.INITIAL_MAX_STREAMS_UNI, initialMaxStreamsUni);
    }
    return http.withConnectProtocol(true).withAdditionalSettings(settings);
  }
}
