package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleHttp3Test {
  private final Set<String> connections = ConcurrentHashMap.newKeySet();

  private Http3Server serve(InetSocketAddress address) throws IOException {
    return Http3Server.builder()
        .address(address)
        .identity(
            SelfSignedIdentity.create(
                List.of("localhost"),
                Duration.ofDays(1),
                new SecureRandom(),
                InstantSource.system()))
        .handler(
            exchange -> {
              connections.add(exchange.connection().label());
              exchange.respond(200, Fields.EMPTY, new byte[0]);
            })
        .start();
  }

  @Test
  void eachIsAConnectionOfItsOwnUntilItEnds() throws Exception {
    Http3Server server = serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    InetSocketAddress address = server.localAddress();
    Http3Client.Builder builder = Http3Client.newBuilder().insecurelyTrustEveryone();
    try (IdleHttp3 idle =
        new IdleHttp3(builder, address.getAddress(), address.getPort(), "/0", 2)) {
      Connector.Handshake first = idle.open();
      Connector.Handshake second = idle.open();
      assertTrue(first.isAlive());
      assertTrue(second.isAlive());
      assertEquals(2, connections.size());
      server.close();
      try (Http3Server successor = serve(address)) {
        assertEquals(address, successor.localAddress());
        assertFalse(first.isAlive(), "another connection is not the one that was opened");
      }
    }
  }
}
