package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.LoopResources;
import dev.sluice.testkit.Requirement;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnknownProtocolTest {
  private static final ContentRetention RETENTION =
      new ContentRetention((task, delay) -> {}, ContentRetention.USUAL);

  @Test
  @Requirement("RFC9220-3#1")
  void aTunnelForAProtocolThatNobodySpeaks() {
    MemoryLink link = new MemoryLink();
    ServerSessions sessions =
        new ServerSessions(WebTransportConfig.DEFAULT, Map.of("/wt", session -> {}));
    Http3Connection http =
        new Http3Connection(link.server(), sessions.applyTo(Http3Config.DEFAULT), new Random(1));
    ServerConnection server =
        new ServerConnection(
            http,
            new LoopResources(Runnable::run, (task, delay) -> {}, RETENTION, null),
            () -> {},
            "1",
            services(sessions),
            ended -> {});
    Http3Connection client = new Http3Connection(link.client(), Http3Config.DEFAULT, new Random(1));
    run(link, client, server);
    client.openRequest(
        RequestHead.extendedConnect("websocket", "https", "example.com", "/", Fields.EMPTY), false);
    assertEquals(501, run(link, client, server));
  }

  private static ServerServices services(ServerSessions sessions) {
    return new ServerServices(
        Http3Config.DEFAULT,
        exchange -> {
          throw new AssertionError("not for the handler");
        },
        HandlerThreads.VIRTUAL,
        1,
        null,
        sessions,
        new SecureRandom(),
        RETENTION.limit(),
        InstantSource.system(),
        new AtomicLong());
  }

  /** The status of the response, if one came. */
  private static int run(MemoryLink link, Http3Connection client, ServerConnection server) {
    int status = 0;
    for (int i = 0; i < 8; i++) {
      client.process();
      server.onEvents();
      link.deliverAll();
      for (Http3Event e = client.nextEvent(); e != null; e = client.nextEvent()) {
        status = e instanceof Http3Event.Response(var stream, var head) ? head.status() : status;
      }
    }
    return status;
  }
}
