/** QUIC version 1 (RFC 8999, 9000, 9001, 9002), from codecs to sockets. */
module dev.sluice.quic {
  requires transitive dev.sluice.tls;
  requires jdk.jfr;
  requires org.agrona;
  // Needed by nobody but those who use the package sim.
  requires static dev.sluice.network;

  exports dev.sluice.quic;
  exports dev.sluice.quic.congestion;
  exports dev.sluice.quic.connection;
  exports dev.sluice.quic.crypto;
  exports dev.sluice.quic.datagram;
  exports dev.sluice.quic.endpoint;
  exports dev.sluice.quic.ending;
  exports dev.sluice.quic.frame;
  exports dev.sluice.quic.io;
  exports dev.sluice.quic.jfr;
  exports dev.sluice.quic.lb;
  exports dev.sluice.quic.packet;
  exports dev.sluice.quic.path;
  exports dev.sluice.quic.qlog;
  exports dev.sluice.quic.recovery;
  exports dev.sluice.quic.sim;
  exports dev.sluice.quic.stream;
  exports dev.sluice.quic.trace;
  exports dev.sluice.quic.wire;
}
