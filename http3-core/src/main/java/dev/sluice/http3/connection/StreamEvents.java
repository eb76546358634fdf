package dev.sluice.http3.connection;

import dev.sluice.quic.connection.QuicEvent;

/**
 * Brings what QUIC tells of a stream to whoever the stream belongs to: an exchange, HTTP/3's own
 * streams, or an extension.
 */
final class StreamEvents {
  private final Http3Connection connection;
  private final Exchanges exchanges;
  private final LocalStreams localStreams;
  private final PeerStreams peerStreams;
  private final ExtensionStreams extensionStreams;

  StreamEvents(
      Http3Connection connection,
      Exchanges exchanges,
      LocalStreams localStreams,
      PeerStreams peerStreams,
      ExtensionStreams extensionStreams) {
    this.connection = connection;
    this.exchanges = exchanges;
    this.localStreams = localStreams;
    this.peerStreams = peerStreams;
    this.extensionStreams = extensionStreams;
  }

  void onReadable(QuicEvent.Readable event) {
    long id = event.stream().id();
    RequestStream request = exchanges.get(id);
    if (request != null) {
      request.advance();
    } else if (extensionStreams.has(id)) {
      extensionStreams.onReadable(id);
    } else if (!peerStreams.has(id)) {
      connection.toExtension(event);
    } else if (!connection.hasFailed()) {
      peerStreams.onReadable(id);
    }
  }

  void onWritable(QuicEvent.Writable event) {
    long id = event.stream().id();
    RequestStream request = exchanges.get(id);
    if (request != null) {
      request.onWritable();
    } else if (localStreams.has(id)) {
      localStreams.onWritable(id);
    } else {
      connection.toExtension(event);
    }
  }

  void onStopped(QuicEvent.Stopped event) {
    long id = event.stream().id();
    RequestStream request = exchanges.get(id);
    if (request != null) {
      request.onStopped(event.applicationCode());
    } else {
      localStreams.onStopped(id);
      connection.toExtension(event);
    }
  }

  void onSendCompleted(QuicEvent.SendCompleted event) {
    RequestStream request = exchanges.get(event.stream().id());
    if (request != null) {
      request.onSendCompleted();
    } else {
      connection.toExtension(event);
    }
  }
}
