package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.tls.ClientAuthentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ngtcp2's client, with nghttp3 and GnuTLS, with our server. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class Ngtcp2ClientTest {
  private static final Duration LONG = Duration.ofSeconds(240);
  private static final TestBody BODY = new TestBody(1_000_000);

  @TempDir Path folder;
  private Path downloads;
  private PeerFiles files;

  @BeforeEach
  void prepare() throws IOException {
    downloads = Files.createDirectory(folder.resolve("downloads"));
    files = PeerFiles.create(folder);
  }

  /** Runs the client to its end and gives its log. */
  private String run(OurServer server, List<String> options, String... paths) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Program.require("gtlsclient", "ngtcp2-client"));
    command.addAll(List.of("--no-quic-dump", "--no-http-dump", "--exit-on-all-streams-close"));
    command.addAll(List.of("--sni=localhost", "--download=" + downloads));
    command.addAll(options);
    command.addAll(List.of("127.0.0.1", server.port()));
    for (String path : paths) {
      command.add(server.uri(path));
    }
    try (PeerProcess client = PeerProcess.start(folder, command.toArray(String[]::new))) {
      client.awaitSuccess(LONG);
      return client.output();
    }
  }

  private Digest downloaded(String name) throws IOException {
    return Digest.of(Files.newInputStream(downloads.resolve(name)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000, 100_000_000})
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void get(long length) throws Exception {
    try (OurServer server = OurServer.start(files)) {
      run(server, List.of("-q"), "/body/" + length);
      assertEquals(new TestBody(length).digest(), downloaded(Long.toString(length)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000, 100_000_000})
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void post(long length) throws Exception {
    TestBody body = new TestBody(length);
    Path data = body.writeTo(folder.resolve("data"));
    try (OurServer server = OurServer.start(files)) {
      run(server, List.of("-q", "-m", "POST", "-d", data.toString()), "/digest");
      assertEquals(body.digest().toString(), Files.readString(downloads.resolve("digest")));
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      List<String> paths = new ArrayList<>();
      for (int i = 1; i <= 150; i++) {
        paths.add("/body/" + i * 500);
      }
      run(server, List.of("-q"), paths.toArray(String[]::new));
      for (int i = 1; i <= 150; i++) {
        assertEquals(new TestBody(i * 500).digest(), downloaded(Integer.toString(i * 500)));
      }
    }
  }

  @Test
  void lossBothWays() throws Exception {
    List<String> lossy = List.of("-q", "--tx-loss=0.05", "--rx-loss=0.05");
    Path data = BODY.writeTo(folder.resolve("data"));
    try (OurServer server = OurServer.start(files)) {
      run(server, lossy, "/body/1000000");
      assertEquals(BODY.digest(), downloaded("1000000"));
      List<String> posting = new ArrayList<>(lossy);
      posting.addAll(List.of("-m", "POST", "-d", data.toString()));
      run(server, posting, "/digest");
      assertEquals(BODY.digest().toString(), Files.readString(downloads.resolve("digest")));
    }
  }

  @Test
  void retry() throws Exception {
    try (OurServer server = OurServer.start(files, builder -> builder.retry(true))) {
      String log = run(server, List.of(), "/body/1000000");
      assertTrue(log.contains("type=Retry"), log);
      assertTrue(log.contains("NEW_TOKEN"), log);
      assertEquals(BODY.digest(), downloaded("1000000"));
    }
  }

  /** GnuTLS sends a share for the first group only: the others need a HelloRetryRequest. */
  @ParameterizedTest
  @CsvSource({
    "+GROUP-X25519, X25519",
    "+GROUP-SECP256R1, SECP256R1",
    "+GROUP-SECP384R1, SECP384R1",
    "+GROUP-SECP521R1:+GROUP-SECP384R1, SECP384R1"
  })
  void keyExchange(String offered, String chosen) throws Exception {
    try (OurServer server = OurServer.start(files)) {
      run(server, List.of("-q", "--groups=-GROUP-ALL:" + offered), "/body/1000000");
      assertEquals(BODY.digest(), downloaded("1000000"));
      assertEquals(chosen, server.connections().getFirst().keyExchangeGroup());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AES-128-GCM, TLS_AES_128_GCM_SHA256",
    "AES-256-GCM, TLS_AES_256_GCM_SHA384",
    "CHACHA20-POLY1305, TLS_CHACHA20_POLY1305_SHA256"
  })
  void cipherSuite(String offered, String suite) throws Exception {
    String ciphers = "--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+" + offered;
    try (OurServer server = OurServer.start(files)) {
      run(server, List.of("-q", ciphers), "/body/1000000");
      assertEquals(BODY.digest(), downloaded("1000000"));
      assertEquals(suite, server.connections().getFirst().cipherSuite());
    }
  }

  @Test
  void keyUpdate() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      String log = run(server, List.of("--key-update=1ms"), "/body/1000000");
      assertEquals(BODY.digest(), downloaded("1000000"));
      assertTrue(log.lines().anyMatch(l -> l.matches(".*pkt rx .*type=1RTT k=1")), log);
    }
  }

  /** The client moves and says so by validating its new path (RFC 9000 §9.2). */
  @Test
  void migration() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      String log = run(server, List.of("--change-local-addr=2ms"), "/body/5000000");
      assertEquals(new TestBody(5_000_000).digest(), downloaded("5000000"));
      assertEquals(2, addresses(log), log);
      assertTrue(log.contains("path has been validated"), log);
    }
  }

  /**
   * The client's address changes and it does not know (RFC 9000 §9.3). It uploads: in the middle of
   * a download it might have nothing to send, and nobody could learn its new address.
   */
  @Test
  void rebinding() throws Exception {
    TestBody body = new TestBody(5_000_000);
    Path data = body.writeTo(folder.resolve("data"));
    List<String> options =
        List.of("--change-local-addr=2ms", "--nat-rebinding", "-m", "POST", "-d", data.toString());
    try (OurServer server = OurServer.start(files)) {
      String log = run(server, options, "/digest");
      assertEquals(body.digest().toString(), Files.readString(downloads.resolve("digest")));
      assertEquals(2, addresses(log), log);
      assertTrue(log.lines().anyMatch(l -> l.matches(".*frm tx .*PATH_RESPONSE.*")), log);
    }
  }

  /** From how many addresses the client has sent. */
  private static long addresses(String log) {
    return log.lines()
        .filter(line -> line.startsWith("Sent packet: local="))
        .map(line -> line.replaceAll(".*local=(\\S+) .*", "$1"))
        .distinct()
        .count();
  }

  @Test
  void resumption() throws Exception {
    List<String> session =
        List.of(
            "--session-file=" + folder.resolve("session"),
            "--tp-file=" + folder.resolve("parameters"));
    try (OurServer server = OurServer.start(files)) {
      run(server, session, "/body/1000000");
      run(server, session, "/body/1000");
      assertFalse(server.connections().getFirst().resumed());
      assertTrue(server.connections().getLast().resumed());
      assertEquals(new TestBody(1_000).digest(), downloaded("1000"));
    }
  }

  @Test
  void smallWindows() throws Exception {
    List<String> windows =
        List.of(
            "-q",
            "--max-data=20K",
            "--max-window=20K",
            "--max-stream-data-bidi-local=5K",
            "--max-stream-window=5K");
    try (OurServer server = OurServer.start(files)) {
      run(server, windows, "/body/200000", "/body/100000", "/body/50000");
      for (int length : new int[] {200_000, 100_000, 50_000}) {
        assertEquals(new TestBody(length).digest(), downloaded(Integer.toString(length)));
      }
    }
  }

  @Test
  void clientWithoutConnectionId() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      run(server, List.of("-q", "--scid="), "/body/1000000");
      assertEquals(BODY.digest(), downloaded("1000000"));
    }
  }

  @Test
  void informationalResponseAndTrailers() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      String log = run(server, List.of(), "/everything");
      assertTrue(log.contains("[:status: 103]"), log);
      assertTrue(log.contains("[:status: 200]"), log);
      assertTrue(log.contains("[checksum: none]"), log);
      assertEquals(BODY.digest(), downloaded("everything"));
    }
  }

  @Test
  void versionNegotiation() throws Exception {
    try (OurServer server = OurServer.start(files)) {
      String log =
          run(server, List.of("--version=0x1a2a3a4a", "--preferred-versions=v1"), "/body/1000");
      assertTrue(log.contains("type=VN"), log);
      assertEquals(new TestBody(1_000).digest(), downloaded("1000"));
    }
  }

  @Test
  void clientCertificate() throws Exception {
    List<String> certificate =
        List.of("-q", "--key=" + files.key(), "--cert=" + files.certificate());
    try (OurServer server =
        OurServer.start(
            files,
            builder ->
                builder.clientAuthentication(ClientAuthentication.NEED, files.trustManager()))) {
      run(server, certificate, "/body/1000");
      assertEquals(new TestBody(1_000).digest(), downloaded("1000"));
      assertEquals(
          files.identity().certificateChain(), server.connections().getFirst().peerCertificates());
    }
  }
}
