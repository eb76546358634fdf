package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.endpoint.ConnectionIdGenerator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client's sockets, and what is known of the connections on them. */
@Timeout(60)
class SocketsTest {

  /** A server that answers with the port that the request came from. */
  private static Http3Server server() throws Exception {
    return Http3Server.builder()
        .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .identity(Loopback.IDENTITY)
        .handler(
            exchange ->
                exchange.respond(
                    200, Fields.of("x-port", "" + exchange.remoteAddress().getPort()), new byte[1]))
        .start();
  }

  private static HttpResponse<Void> ask(Http3Client client, Http3Server server) throws Exception {
    URI uri = URI.create("https://localhost:" + server.localAddress().getPort() + "/");
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
  }

  private static String port(Http3Client client, Http3Server server) throws Exception {
    return ask(client, server).headers().firstValue("x-port").orElseThrow();
  }

  @Test
  void eachConnectionHasOneOfItsOwn() throws Exception {
    try (Http3Server one = server();
        Http3Server two = server();
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      assertNotEquals(port(client, one), port(client, two));
    }
  }

  @Test
  void orAllShareOne() throws Exception {
    try (Http3Server one = server();
        Http3Server two = server();
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).sharedSocket().build()) {
      String port = port(client, one);
      assertEquals(port, port(client, two));
      one.stop(Duration.ofSeconds(5));
      assertEquals(port, port(client, two), "another connection's end does not touch it");
    }
  }

  @Test
  void itsConnectionIdsMayBeEmpty() throws Exception {
    try (Http3Server server = server();
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .endpoint(e -> e.withConnectionIds(ConnectionIdGenerator.random(0)))
                .build()) {
      HttpResponse<Void> response = ask(client, server);
      assertEquals(200, response.statusCode());
      ConnectionStats stats = ((Http3Response<Void>) response).connection().stats();
      assertTrue(stats.packetsReceived() > 0);
      assertEquals(stats.remote(), stats.activePath().remote());
    }
  }
}
