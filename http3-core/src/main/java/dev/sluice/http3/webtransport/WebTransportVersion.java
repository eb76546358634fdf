package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Settings;

/**
 * The drafts of WebTransport over HTTP/3 that are alive on the wire, oldest first. Each has a
 * setting of its own by which an endpoint says that it speaks it (§7.1).
 */
public enum WebTransportVersion {
  /** Chromium and Firefox. */
  DRAFT_02(0x2b603742L, "webtransport", 0xff),
  /** Drafts 07 to 12: Chromium with a flag. */
  DRAFT_07(0xc671706aL, "webtransport", 0xffff_ffffL),
  /** Drafts 13 and 14: Safari. */
  DRAFT_14(0x14e9cd29L, "webtransport", 0xffff_ffffL),
  /** Drafts 15 and 16, which share a setting. */
  DRAFT_16(0x2c7cf000L, "webtransport-h3", 0xffff_ffffL);

  /** SETTINGS_WT_INITIAL_MAX_DATA (§5.5.3). */
  static final long INITIAL_MAX_DATA = 0x2b61;

  /** SETTINGS_WT_INITIAL_MAX_STREAMS_UNI (§5.5.1). */
  static final long INITIAL_MAX_STREAMS_UNI = 0x2b64;

  /** SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI (§5.5.2). */
  static final long INITIAL_MAX_STREAMS_BIDI = 0x2b65;

  private final long setting;
  private final String protocol;
  private final long maxStreamCode;

  WebTransportVersion(long setting, String protocol, long maxStreamCode) {
    this.setting = setting;
    this.protocol = protocol;
    this.maxStreamCode = maxStreamCode;
  }

  /** The identifier of the setting that offers it. */
  public long setting() {
    return setting;
  }

  /** The {@code :protocol} of a request for a session (§3.2). */
  public String protocol() {
    return protocol;
  }

  /**
   * The largest application code that the draft's text has for resetting a stream. Chromium sends
   * 32 bits under draft-02 too, so what is received is not held to it.
   */
  public long maxStreamCode() {
    return maxStreamCode;
  }

  /** Whether 0x41 is a frame that may come behind others, or must be the first of its stream. */
  boolean signalMayFollowFrames() {
    return this == DRAFT_02;
  }

  /** Whether sessions have limits of their own (§5). */
  boolean hasFlowControl() {
    return this == DRAFT_14 || this == DRAFT_16;
  }

  /** Whether a limit that is repeated breaks the rules, or only one that falls does. */
  boolean limitsMustGrow() {
    return this == DRAFT_16;
  }

  /** Whether a WT-Protocol that was not offered ends the session, or is ignored (§3.3). */
  boolean refusesUnofferedProtocol() {
    return this == DRAFT_16;
  }

  /** Whether the peer's settings offer this version. */
  boolean isOfferedBy(Http3Settings settings) {
    return settings.value(setting, 0) > 0;
  }

  /**
   * How many sessions the peer takes at a time by its setting; in the drafts whose setting is a
   * switch that does not limit them.
   */
  long maxSessions(Http3Settings peer) {
    return this == DRAFT_07 || this == DRAFT_14 ? peer.value(setting, 0) : Long.MAX_VALUE;
  }
}
