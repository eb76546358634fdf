package dev.sluice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.WebTransportConfig;
import java.net.URI;

/** A WebTransport client: says something on a stream and prints what comes back. */
public final class SessionClient {
  public static void main(String[] args) throws Exception {
    try (Http3Client client =
            Http3Client.newBuilder().webTransport(WebTransportConfig.DEFAULT).build();
        WebTransport session = client.connect(URI.create(args[0]), SessionOptions.DEFAULT)) {
      WebTransportStream stream = session.openBidirectional();
      try (var out = stream.outputStream()) {
        out.write(args[1].getBytes(UTF_8));
      }
      System.out.println(new String(stream.inputStream().readAllBytes(), UTF_8));
    }
  }
}
