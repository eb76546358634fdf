package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.message.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A live client and a live server, with somebody between them. */
@Timeout(240)
class HostileRelayTest {
  private static final int ROUNDS = 500;
  private static final int DATAGRAMS_A_ROUND = 200;

  /** A connection that a hostile datagram left behind would soon fill the server. */
  private static final int MAX_CONNECTIONS = 8;

  @Test
  void aHundredThousandHostileDatagramsLeaveNothingBehind() throws Exception {
    Complaints complaints = new Complaints();
    Logger log = Logger.getLogger("dev.sluice");
    log.addHandler(complaints);
    try (Loopback pair =
            Loopback.of(
                exchange -> exchange.respond(200, Fields.EMPTY, new byte[3000]),
                client -> client,
                server -> server.maxConnections(MAX_CONNECTIONS));
        HostileRelay relay =
            new HostileRelay(pair.server.localAddresses().getFirst(), new SplittableRandom(5))) {
      URI through = URI.create("https://localhost:" + relay.port() + "/");
      String connection = get(pair.client, through);
      for (int round = 0; round < ROUNDS; round++) {
        relay.attack(DATAGRAMS_A_ROUND);
        assertEquals(connection, get(pair.client, through), "another connection was needed");
      }
      URI direct =
          URI.create("https://localhost:" + pair.server.localAddresses().getFirst().getPort());
      for (int i = 0; i < MAX_CONNECTIONS - 2; i++) {
        try (Http3Client fresh = Loopback.clientFor(Loopback.IDENTITY).build()) {
          get(fresh, direct.resolve("/"));
        }
      }
    } finally {
      log.removeHandler(complaints);
    }
    assertEquals("", complaints.heard.toString());
  }

  /** Fetches, and says on which connection. */
  private static String get(Http3Client client, URI uri) throws IOException, InterruptedException {
    var response =
        (Http3Response<byte[]>)
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    assertEquals(3000, response.body().length);
    return response.connectionLabel().orElseThrow();
  }

  /** What the library has to say above debug. */
  private static final class Complaints extends Handler {
    private final StringBuffer heard = new StringBuffer();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.INFO.intValue()) {
        heard.append(entry.getMessage()).append(' ').append(entry.getThrown()).append('\n');
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
