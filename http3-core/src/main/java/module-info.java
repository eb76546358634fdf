/** HTTP/3 (RFC 9114): the protocol, a client and a server. */
module dev.sluice.http3 {
  requires transitive dev.sluice.quic;
  requires transitive java.net.http;
  requires dev.sluice.qpack;
}
