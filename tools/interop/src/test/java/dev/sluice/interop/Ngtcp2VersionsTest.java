package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Negotiation of versions with ngtcp2 of a release that has version 1 and a draft of version 2 with
 * another number.
 */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class Ngtcp2VersionsTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;
  private static final TestBody BODY = new TestBody(100_000);

  @TempDir Path folder;
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  private static TransportConfig speaking(Versions versions) {
    return TransportConfig.DEFAULTS.withVersions(versions);
  }

  private void fetch(Versions ours, String... options) throws Exception {
    BODY.writeTo(folder.resolve("file"));
    String[] quiet = Arrays.copyOf(options, options.length + 1);
    quiet[options.length] = "-q";
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, quiet);
        OurClient client =
            OurClient.to(server.port(), files, builder -> builder.quic(speaking(ours)))) {
      assertEquals(BODY.digest(), client.get("/file").body());
    }
  }

  /** A round trip more: its server offers version 1, and our client begins again. */
  @Test
  void ourFirstFlightInAVersionThatItDoesNotSpeak() throws Exception {
    fetch(Versions.of(V2, V1).withOriginal(V2));
  }

  private void serve(Versions ours, String... options) throws Exception {
    Path downloads = Files.createDirectory(folder.resolve("downloads"));
    try (OurServer server = OurServer.start(files, builder -> builder.quic(speaking(ours)))) {
      List<String> command = new ArrayList<>();
      command.add(Program.require("gtlsclient", "ngtcp2-client"));
      command.addAll(List.of("-q", "--no-quic-dump", "--no-http-dump"));
      command.addAll(List.of("--exit-on-all-streams-close", "--sni=localhost"));
      command.add("--download=" + downloads);
      command.addAll(List.of(options));
      command.addAll(List.of("127.0.0.1", server.port(), server.uri("/body/100000")));
      try (PeerProcess client = PeerProcess.start(folder, command.toArray(String[]::new))) {
        client.awaitSuccess(Duration.ofSeconds(60));
      }
      assertEquals(BODY.digest(), Digest.of(Files.newInputStream(downloads.resolve("100000"))));
    }
  }

  /** The same the other way round. */
  @Test
  void itsFirstFlightInAVersionThatWeDoNotSpeak() throws Exception {
    serve(Versions.of(V2, V1), "--version=0x1a2a3a4a", "--preferred-versions=v1");
  }
}
