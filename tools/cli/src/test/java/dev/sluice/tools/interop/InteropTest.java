package dev.sluice.tools.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.MigrationConfig;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.Identity;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Sluice;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides of every test case, against each other. */
class InteropTest {
  /** A name could have another address, which a client tries as well where the first is slow. */
  private static final String HOST = "127.0.0.1";

  private static final Identity IDENTITY =
      SelfSignedIdentity.create(
          List.of(HOST), Duration.ofDays(1), new SecureRandom(), InstantSource.system());

  @TempDir private Path www;
  @TempDir private Path downloads;

  private final Queue<TraceEvent> byClient = new ConcurrentLinkedQueue<>();
  private final List<String> names = List.of("small", "middle", "large");

  @BeforeEach
  void files() throws IOException {
    int size = 32;
    for (String name : names) {
      byte[] content = new byte[size];
      RandomGenerator.getDefault().nextBytes(content);
      Files.write(www.resolve(name), content);
      size *= 100;
    }
  }

  private void run(TestCase testCase, boolean http3) throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(HOST, 0);
    Tracer watch =
        (now, event) -> {
          if (!(event instanceof TraceEvent.PacketSent)
              && !(event instanceof TraceEvent.PacketReceived)) {
            byClient.add(event);
          }
        };
    try (InteropServer server =
        InteropServer.start(
            testCase,
            http3,
            anyPort,
            MigrationConfig.DEFAULTS,
            IDENTITY,
            www.toRealPath(),
            KeyLog.NONE,
            () -> Tracer.NONE)) {
      List<URI> urls = new ArrayList<>();
      for (String name : names) {
        urls.add(URI.create("https://" + HOST + ":" + server.address().getPort() + "/" + name));
      }
      new InteropClient(
              testCase,
              http3,
              Trust.in(IDENTITY.certificateChain()),
              downloads,
              KeyLog.NONE,
              () -> watch)
          .fetch(urls);
    }
  }

  private long connections() {
    return byClient.stream().filter(TraceEvent.ConnectionStarted.class::isInstance).count();
  }

  @ParameterizedTest
  @EnumSource
  void everyFileArrives(TestCase testCase) throws Exception {
    run(testCase, false);
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(www.resolve(name)), Files.readAllBytes(downloads.resolve(name)));
    }
    assertEquals(connectionsIn(testCase), connections());
  }

  private static int connectionsIn(TestCase testCase) {
    return switch (testCase) {
      case MULTICONNECT -> 3;
      case RESUMPTION, ZERORTT -> 2;
      default -> 1;
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyFileArrivesOverHttp3(TestCase testCase) throws Exception {
    run(testCase, true);
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(www.resolve(name)), Files.readAllBytes(downloads.resolve(name)));
    }
    assertEquals(connectionsIn(testCase), connections());
  }

  @Test
  void theServerMovesToVersionTwo() throws Exception {
    run(TestCase.V2, false);
    List<Integer> versions =
        byClient.stream()
            .filter(TraceEvent.VersionChosen.class::isInstance)
            .map(e -> ((TraceEvent.VersionChosen) e).version())
            .toList();
    assertEquals(List.of(QuicVersion.V1.number(), QuicVersion.V2.number()), versions);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theServerTakesEarlyRequestsFromTheStart(boolean http3) throws Exception {
    run(TestCase.ZERORTT, http3);
    assertTrue(
        byClient.stream().anyMatch(e -> e instanceof TraceEvent.TlsNegotiated t && t.earlyData()),
        "the server takes no 0-RTT");
  }

  @Test
  void keysAreUpdated() throws Exception {
    run(TestCase.KEYUPDATE, false);
    assertTrue(
        byClient.stream().anyMatch(e -> e instanceof TraceEvent.KeyUpdated k && k.phase() == 1));
  }

  @Test
  void withoutAnEnvironmentThereIsNothingToDo() {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    StandardStreams streams =
        new StandardStreams(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    assertEquals(ExitCode.USAGE.code(), Sluice.run(streams, "interop"));
    String message = errors.toString(StandardCharsets.UTF_8);
    assertTrue(message.contains("ROLE and TESTCASE have to be set"), message);
  }

  @Test
  void filesOutsideOfTheFolderAreNotServed() {
    assertNull(HttpZeroNine.file(www, "/../" + downloads.getFileName()));
    assertNull(HttpZeroNine.file(www, "small"));
    assertNull(HttpZeroNine.file(www, "/none"));
    assertNull(HttpZeroNine.file(www, null));
  }
}
