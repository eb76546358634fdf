package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicTransport;
import java.util.Set;

/**
 * The settings of the peer that hold: its own once they have arrived; before that, for a client's
 * 0-RTT, those of the session that it resumes; else the defaults (RFC 9114 §7.2.4.2).
 */
final class PeerSettings {
  /**
   * Whoever says that it takes less is not believed: the limit is advice (RFC 9114 §10.5.1), and
   * this side's own answers, a status and a content-length of 0, have to have room in it.
   */
  private static final long LEAST_FIELD_SECTION = 128;

  private Http3Settings current;

  /** By the current ones; at hand since every section is held against it. */
  private long maxFieldSectionSize;

  private Http3Settings remembered;
  private final Set<Long> extensions;

  /**
   * @param remembered of an earlier connection
   * @param extensions which settings extensions of this side understand, by identifier
   */
  PeerSettings(QuicTransport quic, Http3Settings remembered, Set<Long> extensions) {
    this.extensions = extensions;
    boolean early = quic.earlyData() == EarlyDataState.OFFERED;
    this.remembered = early ? remembered : null;
    hold(early ? remembered : Http3Settings.DEFAULTS);
  }

  Http3Settings current() {
    return current;
  }

  /** Its largest field section. */
  long maxFieldSectionSize() {
    return maxFieldSectionSize;
  }

  /** The server's word on 0-RTT: after a refusal nothing of before holds. */
  void onEarlyDataDecided(boolean accepted) {
    if (!accepted && remembered != null) {
      remembered = null;
      hold(Http3Settings.DEFAULTS);
    }
  }

  /**
   * SETTINGS has arrived.
   *
   * @throws ConnectionErrorException the server has taken 0-RTT and does not keep to the settings
   *     under which it was sent
   */
  void onReceived(Http3Settings settings) {
    if (remembered != null) {
      String reduced = settings.changesOf(remembered, extensions);
      if (reduced != null) {
        throw new ConnectionErrorException(
            Http3Error.H3_SETTINGS_ERROR,
            "SETTINGS: " + reduced + " is reduced although 0-RTT was accepted");
      }
      if (settings.changesTable(remembered)) {
        throw new ConnectionErrorException(
            Http3Error.QPACK_DECODER_STREAM_ERROR,
            "SETTINGS: SETTINGS_QPACK_MAX_TABLE_CAPACITY changes although 0-RTT was accepted");
      }
    }
    hold(settings);
  }

  private void hold(Http3Settings settings) {
    current = settings;
    maxFieldSectionSize = Math.max(settings.maxFieldSectionSize(), LEAST_FIELD_SECTION);
  }
}
