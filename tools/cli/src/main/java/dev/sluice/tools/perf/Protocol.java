package dev.sluice.tools.perf;

import java.util.Locale;

/** What carries the streams and datagrams that are measured. */
enum Protocol {
  QUIC("raw QUIC"),
  HTTP3("HTTP/3"),
  /** One session, on a connection of its own. */
  WEBTRANSPORT("WebTransport");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  /** Whether its connections are those of HTTP/3. */
  boolean overHttp3() {
    return this != QUIC;
  }

  /** As results name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  @Override
  public String toString() {
    return text;
  }
}
