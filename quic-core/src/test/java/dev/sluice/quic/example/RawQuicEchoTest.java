package dev.sluice.quic.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** QUIC without HTTP: a server that echoes every stream, and a client. */
@Timeout(60)
class RawQuicEchoTest {

  @Test
  void example() throws IOException {
    Identity identity =
        SelfSignedIdentity.create(
            List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());

    try (QuicServer server =
            QuicServer.builder()
                .identity(identity)
                .applicationProtocols("echo")
                .handler(RawQuicEchoTest::serve)
                .start();
        QuicClient client =
            QuicClient.builder()
                .remote(server.localAddress())
                .serverName("localhost")
                .applicationProtocols("echo")
                .certificateVerifier(PinnedVerifier.of(identity.certificateChain().getFirst()))
                .build();
        QuicConnection connection = client.connect()) {

      QuicStream stream = connection.openBidirectional();
      try (OutputStream out = stream.outputStream()) {
        out.write("Hello, stream".getBytes(StandardCharsets.UTF_8));
      }
      byte[] answer = stream.inputStream().readAllBytes();

      assertEquals("Hello, stream", new String(answer, StandardCharsets.UTF_8));
    }
  }

  /** Runs on a virtual thread for each connection, until acceptStream says that it has ended. */
  private static void serve(QuicConnection connection) throws IOException {
    while (true) {
      QuicStream stream = connection.acceptStream();
      Thread.startVirtualThread(() -> echo(stream));
    }
  }

  private static void echo(QuicStream stream) {
    try (InputStream in = stream.inputStream();
        OutputStream out = stream.outputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      System.getLogger("echo").log(System.Logger.Level.WARNING, e.getMessage());
    }
  }
}
