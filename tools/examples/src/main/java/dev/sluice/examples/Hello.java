package dev.sluice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Greets whoever asks; each request has a virtual thread of its own. */
public final class Hello {
  public static void main(String[] args) throws Exception {
    Http3Server.builder()
        .address(new InetSocketAddress("localhost", 4433))
        .identity(Path.of("cert.pem"), Path.of("key.pem"))
        .handler(Hello::greet)
        .start();
  }

  static void greet(Http3Exchange exchange) throws IOException {
    String greeting = "Hello, " + exchange.path().substring(1) + "!";
    exchange.respond(200, Fields.of("content-type", "text/plain"), greeting.getBytes(UTF_8));
  }
}
