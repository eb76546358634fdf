package dev.sluice.tools.launch;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tools.Sluice;
import dev.sluice.tools.StandardStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Fetches a page from a server in the same process, for the JVM to note down in a cache what it
 * needs for that. The launcher runs it after a build.
 */
public final class Rehearsal {
  private static final byte[] PAGE = "rehearsal\n".getBytes(StandardCharsets.UTF_8);

  private Rehearsal() {}

  /** Takes no arguments; exits with the code of the fetch. */
  public static void main(String[] args) throws IOException {
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(
                SelfSignedIdentity.create(
                    List.of("localhost"),
                    Duration.ofDays(1),
                    new SecureRandom(),
                    InstantSource.system()))
            .handler(exchange -> exchange.respond(200, Fields.EMPTY, PAGE))
            .start()) {
      String url = "https://localhost:" + server.localAddress().getPort() + "/";
      StandardStreams streams =
          new StandardStreams(
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream(),
              new PrintStream(System.err, true, StandardCharsets.UTF_8));
      System.exit(Sluice.run(streams, "get", "-k", url));
    }
  }
}
