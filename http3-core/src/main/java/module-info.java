/** HTTP/3 (RFC 9114): the protocol, a client and a server. */
module dev.sluice.http3 {
  requires transitive dev.sluice.qpack;
  requires transitive dev.sluice.quic;
  requires transitive java.net.http;

  exports dev.sluice.http3;
  exports dev.sluice.http3.client;
  exports dev.sluice.http3.connection;
  exports dev.sluice.http3.ending;
  exports dev.sluice.http3.message;
  exports dev.sluice.http3.server;
  exports dev.sluice.http3.session;
  exports dev.sluice.http3.webtransport;
}
