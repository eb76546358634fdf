package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.peers.FreePort;
import dev.sluice.peers.PeerFiles;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.NamedGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client with ngtcp2's server. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class Ngtcp2ServerTest {
  private static final TestBody SMALL = new TestBody(1_000);
  private static final TestBody BODY = new TestBody(1_000_000);

  @TempDir Path folder;
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  private OurClient client(Ngtcp2Server server) {
    return OurClient.to(server.port(), files);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000, 100_000_000})
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void get(long length) throws Exception {
    TestBody body = new TestBody(length);
    body.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "-q");
        OurClient client = client(server)) {
      OurClient.Answer answer = client.get("/file");
      assertEquals(200, answer.status());
      assertEquals(body.digest(), answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000})
  void post(long length) throws Exception {
    TestBody body = new TestBody(length);
    SMALL.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder);
        OurClient client = client(server)) {
      OurClient.Answer answer = client.post("/file", body);
      assertEquals(200, answer.status());
      assertEquals(SMALL.digest(), answer.body());
      server.awaitLine("submit response headers");
      assertArrayEquals(body.bytes(), server.requestBodies());
    }
  }

  /** The server answers when the whole body is there; logging that much of it would take long. */
  @ParameterizedTest
  @ValueSource(longs = {10_000_000, 100_000_000})
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void postMuch(long length) throws Exception {
    SMALL.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "-q");
        OurClient client = client(server)) {
      OurClient.Answer answer = client.post("/file", new TestBody(length));
      assertEquals(200, answer.status());
      assertEquals(SMALL.digest(), answer.body());
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    BODY.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "-q");
        OurClient client = client(server)) {
      for (OurClient.Answer answer : client.getAll(Collections.nCopies(150, "/12345"))) {
        assertEquals(200, answer.status());
        assertEquals(12345, answer.body().length());
      }
      for (OurClient.Answer answer : client.getAll(Collections.nCopies(10, "/file"))) {
        assertEquals(BODY.digest(), answer.body());
      }
    }
  }

  @Test
  void lossBothWays() throws Exception {
    BODY.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server =
            Ngtcp2Server.start(files, folder, "-q", "--tx-loss=0.05", "--rx-loss=0.05");
        OurClient client = client(server)) {
      assertEquals(BODY.digest(), client.get("/file").body());
      assertEquals(BODY.digest(), client.post("/file", BODY).body());
    }
  }

  @Test
  void retry() throws Exception {
    SMALL.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "--validate-addr");
        OurClient client = client(server)) {
      assertEquals(SMALL.digest(), client.get("/file").body());
      server.awaitLine("Token was successfully validated");
    }
  }

  /** P-256 and P-384 need a HelloRetryRequest: our first ClientHello has shares for others. */
  @ParameterizedTest
  @EnumSource(
      value = NamedGroup.class,
      names = {"X25519", "SECP256R1", "SECP384R1"})
  void keyExchange(NamedGroup group) throws Exception {
    SMALL.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server =
            Ngtcp2Server.start(files, folder, "--groups=-GROUP-ALL:+GROUP-" + group.name());
        OurClient client = client(server)) {
      OurClient.Answer answer = client.get("/file");
      assertEquals(SMALL.digest(), answer.body());
      assertEquals(group.name(), answer.connection().keyExchangeGroup());
    }
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void cipherSuite(CipherSuite suite) throws Exception {
    BODY.writeTo(folder.resolve("file"));
    SSLParameters only = new SSLParameters(new String[] {suite.name()});
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "-q");
        OurClient client =
            OurClient.to(server.port(), files, builder -> builder.sslParameters(only))) {
      OurClient.Answer answer = client.get("/file");
      assertEquals(BODY.digest(), answer.body());
      assertEquals(suite.name(), answer.connection().cipherSuite());
    }
  }

  @Test
  void clientCertificate() throws Exception {
    SMALL.writeTo(folder.resolve("file"));
    char[] password = "interop".toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(files.keyStore(password), password);
    KeyManager[] managers = keys.getKeyManagers();
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "--verify-client");
        OurClient client =
            OurClient.to(
                server.port(), files, b -> b.keyManager((X509ExtendedKeyManager) managers[0]))) {
      assertEquals(SMALL.digest(), client.get("/file").body());
    }
  }

  @Test
  void smallWindows() throws Exception {
    BODY.writeTo(folder.resolve("file"));
    String[] windows = {
      "-q",
      "--max-data=20K",
      "--max-window=20K",
      "--max-stream-data-bidi-remote=5K",
      "--max-stream-window=5K",
      "--max-streams-bidi=1"
    };
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, windows);
        OurClient client = client(server)) {
      assertEquals(BODY.digest(), client.post("/file", new TestBody(200_000)).body());
      for (OurClient.Answer answer : client.getAll(Collections.nCopies(10, "/12345"))) {
        assertEquals(12345, answer.body().length());
      }
    }
  }

  /** The server answers at once and stops the rest of the request (RFC 9114 §4.1.1). */
  @Test
  void answerBeforeTheRequestIsThere() throws Exception {
    BODY.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "--early-response");
        OurClient client = client(server)) {
      OurClient.Answer answer = client.post("/file", new TestBody(10_000_000));
      assertEquals(200, answer.status());
      assertEquals(BODY.digest(), answer.body());
      server.awaitLine("STOP_SENDING");
    }
  }

  /** A client may keep to the address that it knows (RFC 9000 §9.6.1). */
  @Test
  void preferredAddress() throws Exception {
    BODY.writeTo(folder.resolve("file"));
    String elsewhere = "--preferred-ipv4-addr=127.0.0.1:" + FreePort.udp();
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, elsewhere);
        OurClient client = client(server)) {
      assertEquals(BODY.digest(), client.get("/file").body());
    }
  }

  @Test
  void trailers() throws Exception {
    SMALL.writeTo(folder.resolve("file"));
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder, "--send-trailers");
        OurClient client = client(server)) {
      assertEquals(SMALL.digest(), client.get("/file").body());
    }
  }
}
