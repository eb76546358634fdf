package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Settings;
import java.util.Collection;

/** What the settings of both sides come to (§3.1, §7.1): the newest version in common, if any. */
public sealed interface VersionSelection {

  /** Both speak this version, and what it needs is there. */
  record Selected(WebTransportVersion version) implements VersionSelection {}

  /** The peer offers WebTransport in none of our versions. */
  record NotOffered() implements VersionSelection {}

  /**
   * The peer offers a version without what it needs: every session is malformed.
   *
   * @param missing for people
   */
  record Unmet(WebTransportVersion version, String missing) implements VersionSelection {}

  /**
   * Selects by what the peer has sent.
   *
   * @param ours the versions of this side
   * @param peer the peer's settings, which have arrived
   * @param peerIsServer a server must offer extended CONNECT too
   * @param datagramsRequired whether the peer must know datagrams
   * @param datagrams whether the peer takes QUIC datagrams
   * @param resetAt whether the peer understands RESET_STREAM_AT
   */
  static VersionSelection select(
      Collection<WebTransportVersion> ours,
      Http3Settings peer,
      boolean peerIsServer,
      boolean datagramsRequired,
      boolean datagrams,
      boolean resetAt) {
    WebTransportVersion newest = null;
    for (WebTransportVersion version : ours) {
      if (version.isOfferedBy(peer) && (newest == null || version.compareTo(newest) > 0)) {
        newest = version;
      }
    }
    if (newest == null) {
      return new NotOffered();
    }
    String missing = missing(newest, peer, peerIsServer, datagramsRequired, datagrams, resetAt);
    return missing == null ? new Selected(newest) : new Unmet(newest, missing);
  }

  /** Draft-02 implies extended CONNECT and datagrams by its own setting. */
  private static String missing(
      WebTransportVersion version,
      Http3Settings peer,
      boolean peerIsServer,
      boolean datagramsRequired,
      boolean datagrams,
      boolean resetAt) {
    if (version == WebTransportVersion.DRAFT_02) {
      return null;
    }
    if (peerIsServer && !peer.isConnectProtocolEnabled()) {
      return "SETTINGS_ENABLE_CONNECT_PROTOCOL";
    }
    if (datagramsRequired && !peer.isDatagramEnabled()) {
      return "SETTINGS_H3_DATAGRAM";
    }
    if (datagramsRequired && !datagrams) {
      return "the transport parameter max_datagram_frame_size";
    }
    if (version == WebTransportVersion.DRAFT_16 && !resetAt) {
      return "the transport parameter reset_stream_at";
    }
    return null;
  }
}
