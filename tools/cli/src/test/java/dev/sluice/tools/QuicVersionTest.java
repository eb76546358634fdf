package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice get --quic-version}, over sockets. */
class QuicVersionTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;

  @TempDir Path folder;
  private final Identity identity = Commands.identity(Instant.now(), "localhost");

  private void expect(String version, Versions ofServer, String... options) throws IOException {
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(identity)
            .quic(TransportConfig.DEFAULTS.withVersions(ofServer))
            .handler(exchange -> exchange.respond(200, Fields.EMPTY).close())
            .start()) {
      Commands.Result result = get(server.localAddress().getPort(), options);
      assertEquals(0, result.code(), result.toString());
      assertTrue(result.err().contains("QUIC version " + version), result.toString());
    }
  }

  private Commands.Result get(int port, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("get", "-v", "--cacert", Commands.certificate(folder, identity).toString()));
    arguments.addAll(List.of("--resolve", "localhost:" + port + ":127.0.0.1"));
    arguments.addAll(List.of(options));
    arguments.add("https://localhost:" + port + "/");
    return Commands.run(arguments.toArray(String[]::new));
  }

  @Test
  void theClientsWish() throws IOException {
    expect("1", Versions.DEFAULT);
    expect("1", Versions.DEFAULT, "--quic-version", "v1,v2");
    expect("2", Versions.DEFAULT, "--quic-version", "v2,v1");
    expect("2", Versions.DEFAULT, "--quic-version", "v2");
    expect("2", Versions.DEFAULT, "--quic-version", "2,1", "--original-version", "v2");
  }

  @Test
  void theServersWish() throws IOException {
    expect("2", Versions.of(V2, V1));
    expect("1", Versions.of(V1, V2), "--quic-version", "v2,v1");
  }

  /** A round trip more: the server offers what it speaks. */
  @Test
  void whatIsLeft() throws IOException {
    expect("2", Versions.of(V2));
    expect("1", Versions.of(V1), "--quic-version", "v2,v1", "--original-version", "v2");
  }

  @Test
  void versionsThatDoNotExist() throws IOException {
    assertEquals(2, get(1, "--quic-version", "v3").code());
    assertEquals(2, get(1, "--quic-version", "v1,v1").code());
    assertEquals(2, get(1, "--quic-version", "v1", "--original-version", "v2").code());
  }
}
