package dev.sluice.tools.perf;

import java.util.Locale;

/** What carries the streams and datagrams that are measured. */
enum Protocol {
  /** Without a protocol on top. */
  QUIC,
  HTTP3,
  /** One session, on a connection of its own. */
  WEBTRANSPORT;

  /** Whether its connections are those of HTTP/3. */
  boolean overHttp3() {
    return this != QUIC;
  }

  /** As results name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
