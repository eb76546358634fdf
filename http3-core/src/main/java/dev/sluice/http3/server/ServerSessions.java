package dev.sluice.http3.server;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.session.ServerSession;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.webtransport.WebTransportConfig;
import java.util.Map;

/**
 * What a server has of WebTransport.
 *
 * @param handlers by path, without query
 */
record ServerSessions(WebTransportConfig config, Map<String, WebTransportHandler> handlers) {

  boolean isEmpty() {
    return handlers.isEmpty();
  }

  /** The settings of its connections. */
  Http3Config applyTo(Http3Config http) {
    return isEmpty() ? http : config.applyTo(http);
  }

  /** Brings a request for a session to the handler of its path. On the loop. */
  void serve(ServerSession session, Http3Connection http, String label) {
    String path = session.request().path();
    int query = path.indexOf('?');
    WebTransportHandler handler = handlers.get(query < 0 ? path : path.substring(0, query));
    if (handler == null) {
      session.refuse();
    } else {
      ConnectionInfo info = ConnectionInfo.of(http.transport(), label);
      session.serve(handler, "webtransport-" + label + "-" + session.id(), info);
    }
  }
}
