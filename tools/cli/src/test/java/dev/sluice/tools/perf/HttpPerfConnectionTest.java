package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpPerfConnectionTest {
  private final Queue<String> urgencies = new ConcurrentLinkedQueue<>();

  /** Or it would be told when the download is over, whatever that takes (RFC 9218 §10). */
  @Test
  void usageIsMoreUrgentThanWhatIsMeasured() throws Exception {
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress("127.0.0.1", 0))
            .identity(
                SelfSignedIdentity.create(
                    List.of("127.0.0.1"),
                    Duration.ofDays(1),
                    new SecureRandom(),
                    InstantSource.system()))
            .handler(
                exchange -> {
                  String priority = exchange.headers().first("priority");
                  urgencies.add(priority == null ? "by default" : priority);
                  exchange.respond(200, Fields.EMPTY, new byte[Usage.ENCODED]);
                })
            .start()) {
      URI origin = URI.create("https://127.0.0.1:" + server.localAddress().getPort());
      Http3Client client = Http3Client.newBuilder().insecurelyTrustEveryone().build();
      try (PerfConnection connection = new HttpPerfConnection(client, origin, null, false)) {
        connection.exchange(PerfConnection.Source.NOTHING, 1, received -> true);
        assertEquals(new Usage(0, 0, 0, 0), connection.usage(false));
      }
    }
    assertEquals(List.of("by default", "u=0"), List.copyOf(urgencies));
  }
}
