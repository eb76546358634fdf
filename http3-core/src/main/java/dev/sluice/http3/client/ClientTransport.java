package dev.sluice.http3.client;

import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;

/** What a client asks of QUIC, where its user has not said it. */
final class ClientTransport {

  /**
   * What all responses of a connection may hold unread, from its beginning. A response that nobody
   * reads fills its stream's window, which the others must not have to wait for: so this is as much
   * as four streams whose windows have grown to their most, or sixty-four that nobody has begun to
   * read. A server cannot make use of more than the windows of the requests that are under way.
   */
  private static final long UNREAD = 4 * StreamConfig.DEFAULT.maxStreamWindow();

  private ClientTransport() {}

  /**
   * @param given whoever has chosen windows has those
   * @param sessions whether WebTransport is offered, which has datagrams, and streams of every kind
   *     from the server
   */
  static TransportConfig of(TransportConfig given, boolean sessions) {
    StreamConfig streams =
        given.streams().equals(StreamConfig.DEFAULT)
            ? unreadApart(given.streams())
            : given.streams();
    if (!sessions) {
      return given.withStreams(withoutPeerRequests(streams));
    }
    TransportConfig transport = given.withStreams(streams);
    return given.datagrams().maxFrameSize() > 0
        ? transport
        : transport.withDatagrams(DatagramConfig.ON);
  }

  private static StreamConfig unreadApart(StreamConfig usual) {
    StreamLimits limits = usual.limits();
    return new StreamConfig(
        new StreamLimits(
            UNREAD,
            limits.maxStreamDataBidiLocal(),
            limits.maxStreamDataBidiRemote(),
            limits.maxStreamDataUni(),
            limits.maxStreamsBidi(),
            limits.maxStreamsUni()),
        usual.maxStreamWindow(),
        UNREAD,
        usual.sendBuffer(),
        usual.maxSendBuffer());
  }

  /** A server opens no bidirectional streams (RFC 9114 §6.1). */
  private static StreamConfig withoutPeerRequests(StreamConfig streams) {
    StreamLimits limits = streams.limits();
    return streams.withLimits(
        new StreamLimits(
            limits.maxData(),
            limits.maxStreamDataBidiLocal(),
            limits.maxStreamDataBidiRemote(),
            limits.maxStreamDataUni(),
            0,
            limits.maxStreamsUni()));
  }
}
