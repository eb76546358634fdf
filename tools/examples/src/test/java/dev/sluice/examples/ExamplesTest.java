package dev.sluice.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.QuicServer;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's programs are these files, and they do what it says. */
@Timeout(60)
class ExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sluice/examples");
  private static Identity identity;

  /** The examples trust what the JDK trusts; here that is one certificate. */
  @BeforeAll
  static void trust(@TempDir Path folder) throws Exception {
    identity =
        SelfSignedIdentity.create(
            List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("localhost", identity.certificateChain().getFirst());
    Path file = folder.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "changeit".toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
  }

  @Test
  void theReadmeShowsTheFiles() throws IOException {
    String readme = Files.readString(Path.of("../../README.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    int blocks = 0;
    while (block.find()) {
      blocks++;
      assertTrue(isInAFile(block.group(1)), "no file has this: " + block.group(1));
    }
    assertTrue(blocks >= 3);
  }

  private static boolean isInAFile(String code) throws IOException {
    try (var files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        if (Files.readString(file).contains(code)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void fetchPrintsWhatHelloSays() throws Exception {
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress("localhost", 0))
            .identity(identity)
            .handler(Hello::greet)
            .start()) {
      int port = server.localAddresses().getFirst().getPort();
      String url = "https://localhost:" + port + "/you";
      assertEquals("200 Hello, you!", printed(() -> Fetch.main(new String[] {url})));
    }
  }

  /** With their imports, and without what is said about them. */
  @ParameterizedTest
  @ValueSource(strings = {"SessionServer.java", "SessionClient.java"})
  void sessionsNeedLessThanThirtyLines(String file) throws IOException {
    long lines =
        Files.readAllLines(SOURCES.resolve(file)).stream()
            .filter(
                line -> !line.isBlank() && !line.startsWith("package ") && !line.startsWith("/**"))
            .count();
    assertTrue(lines < 30, lines + " lines");
  }

  @Test
  void aSessionEchoes() throws Exception {
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress("localhost", 0))
            .identity(identity)
            .webTransport("/echo", SessionServer::serve)
            .start()) {
      String url = "https://localhost:" + server.localAddress().getPort() + "/echo";
      assertEquals("hello", printed(() -> SessionClient.main(new String[] {url, "hello"})));
    }
  }

  @Test
  void theEchoComesBack() throws Exception {
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    try (QuicServer server = QuicEcho.serve(identity)) {
      assertArrayEquals(bytes, QuicEcho.send(server.localAddress(), identity, bytes));
    }
  }

  private interface Program {
    void run() throws Exception;
  }

  private static String printed(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return out.toString().strip();
  }
}
