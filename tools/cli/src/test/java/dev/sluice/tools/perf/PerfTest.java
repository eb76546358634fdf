package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.io.IoMode;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tools.Sluice;
import dev.sluice.tools.StandardStreams;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every workload measures what it was asked for, over each protocol that has it. */
@Timeout(60)
class PerfTest {
  private static final String PORTABLE = "portable: DatagramChannel, one system call a datagram";

  private static PerfServer quic;
  private static PerfServer http3;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    quic = server(false);
    http3 = server(true);
  }

  @AfterAll
  static void stop() throws IOException {
    quic.close();
    http3.close();
  }

  private static PerfServer server(boolean http3) throws Exception {
    return PerfServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        SelfSignedIdentity.create(
            List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system()),
        TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON),
        PerfServer.Loops.one(),
        http3);
  }

  private int run(Protocol protocol, String arguments) {
    List<String> all = new ArrayList<>(List.of("perf", "client"));
    all.addAll(List.of(arguments.split(" ")));
    InetSocketAddress address = (protocol.overHttp3() ? http3 : quic).address();
    all.add(3, address.getAddress().getHostAddress() + ":" + address.getPort());
    if (protocol != Protocol.QUIC) {
      all.add("--" + protocol.key());
    }
    return command(all.toArray(String[]::new));
  }

  private int command(String... arguments) {
    return Sluice.run(
        new StandardStreams(
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8)),
        arguments);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private JsonNode measure(Protocol protocol, String arguments) throws IOException {
    assertEquals(0, run(protocol, arguments + " --json"), this::said);
    JsonNode result = new ObjectMapper().readTree(out.toByteArray());
    assertEquals(protocol.key(), result.get("protocol").asText());
    return result;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " --blocking"})
  void saysWhatARequestWasAnsweredWith(String how) {
    assertEquals(
        56, run(Protocol.HTTP3, "requests --count 5 --warmup 0s --in-flight 3 --path /no" + how));
    String said = said();
    assertTrue(said.matches("(?s)sluice: .56. [0-9.:]+ https:[^ ]*/no was answered.*"), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "download --bytes 1M --warmup 0s",
        "download --bytes 1M --warmup 50ms",
        "download --bytes 1M --include-handshake",
        "upload --bytes 1M --warmup 0s",
        "upload --bytes 1M --warmup 50ms",
        "bidirectional --bytes 1M --warmup 0s",
        "multi-stream --bytes 1M --warmup 0s --streams 3",
      })
  void carriesBytes(String arguments) throws IOException {
    for (Protocol protocol : Protocol.values()) {
      out.reset();
      JsonNode result = measure(protocol, arguments);
      long amount = result.get("amount").asLong();
      assertTrue(amount >= 1 << 20 && amount < 3 << 20, result::toString);
      assertTrue(result.get("rate").asDouble() > 0, result::toString);
      if (arguments.contains("--include-handshake")) {
        // To ask the server before would be a handshake that does not count.
        assertTellsUsage(result, "/client");
      } else {
        assertTellsUsage(result, "/client", "/server");
      }
    }
  }

  /** A session is no connection. */
  private static List<Protocol> protocolsFor(String arguments) {
    boolean ofConnections = arguments.startsWith("connects") || arguments.startsWith("idle");
    return ofConnections
        ? List.of(Protocol.QUIC, Protocol.HTTP3)
        : List.of(Protocol.QUIC, Protocol.HTTP3, Protocol.WEBTRANSPORT);
  }

  /** What was used beside the rate; the system counts in hundredths of a second, which may be 0. */
  private static void assertTellsUsage(JsonNode result, String... sides) {
    for (String side : sides) {
      assertTrue(result.at(side + "/cpuSeconds").asDouble(-1) >= 0, result::toString);
      assertTrue(result.at(side + "/gcSeconds").asDouble(-1) >= 0, result::toString);
      assertTrue(result.at(side + "/allocatedBytes").asLong() > 0, result::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "requests --count 50 --warmup 0s --in-flight 7",
        "requests --count 50 --warmup 0s --in-flight 7 --blocking",
        "requests --count 50 --warmup 100ms --in-flight 7",
        "requests --count 3 --warmup 0s --request-size 100K --response-size 200K",
        "datagrams --count 50 --warmup 0s --in-flight 4 --size 100",
        "connects --count 10 --warmup 0s",
        "connects --count 10 --warmup 0s --resumed",
        "connects --count 10 --warmup 0s --group X25519",
      })
  void countsWhatIsDoneAndHowLongEachTakes(String arguments) throws IOException {
    for (Protocol protocol : protocolsFor(arguments)) {
      out.reset();
      JsonNode result = measure(protocol, arguments);
      long wanted = Long.parseLong(arguments.split(" ")[2]);
      assertEquals(wanted, result.get("amount").asLong(), result::toString);
      assertTrue(result.at("/latencyMicros/p50").asDouble() > 0, result::toString);
      assertTellsUsage(result, "/client", "/server");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"messages --count 500 --warmup 0s --size 10"})
  void countsMessages(String arguments) throws IOException {
    for (Protocol protocol : Protocol.values()) {
      out.reset();
      assertEquals(500, measure(protocol, arguments).get("amount").asLong());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle --count 5 --warmup 0s"})
  void weighsIdleConnections(String arguments) throws IOException {
    for (Protocol protocol : protocolsFor(arguments)) {
      out.reset();
      JsonNode result = measure(protocol, arguments);
      assertEquals(5, result.get("amount").asInt());
      assertTrue(result.path("clientHeapBytesEach").isNumber(), result::toString);
      assertTrue(result.path("serverHeapBytesEach").isNumber(), result::toString);
      assertTellsUsage(result, "/client", "/server");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"download --duration 50ms --warmup 0s", "upload --duration 50ms"})
  void measuresForATime(String arguments) throws IOException {
    JsonNode result = measure(Protocol.QUIC, arguments + " --repeat 2");
    assertTrue(result.get("seconds").asDouble() >= 0.05, result::toString);
    assertEquals(2, out.toString(StandardCharsets.UTF_8).lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "download --bytes 1M --warmup 0s",
        "requests --count 50 --warmup 0s",
        "idle --count 5 --warmup 0s"
      })
  void tellsPeople(String arguments) {
    assertEquals(0, run(Protocol.QUIC, arguments), this::said);
    String usage = " +[0-9.]+ CPU s, [0-9.]+ s of GC, [0-9.]+ MB allocated\n";
    String found =
        switch (arguments.split(" ")[0]) {
          case "download" -> "download +[0-9.]+ MB/s \\([0-9]+ bytes in [0-9.]+ s\\)\n";
          case "requests" ->
              "requests +[0-9]+ requests/s \\(50 requests in [0-9.]+ s\\)\n"
                  + "latency +p50 [0-9]+ us, p90 [0-9]+ us, p99 [0-9]+ us, p99.9 [0-9]+ us,"
                  + " p100 [0-9]+ us\n";
          default ->
              "idle +[-0-9.]+ KiB of heap each at the client, [-0-9.]+ KiB at the server"
                  + " \\(5 connections, opened in [0-9.]+ s\\)\n";
        };
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.matches(found + "client" + usage + "server" + usage + "io +.+\n"), text);
  }

  @Test
  void tellsEverySecondHowItGoes() {
    String what = "download --duration 2500ms --warmup 10ms";
    assertEquals(0, run(Protocol.QUIC, what), this::said);
    assertTrue(said().matches("download: warming up\n(download: [0-9.]+ MB/s\n)+"), said());
    err.reset();
    assertEquals(
        0, run(Protocol.QUIC, "download --duration 10ms --warmup 10ms --quiet"), this::said);
    assertEquals("", said());
  }

  /** In a thread that is interrupted where a process would get a signal. */
  @Test
  void servesAsACommand() throws Exception {
    PipedInputStream reading = new PipedInputStream(1 << 16);
    PrintStream writing =
        new PrintStream(new PipedOutputStream(reading), true, StandardCharsets.UTF_8);
    StandardStreams streams =
        new StandardStreams(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), writing);
    Thread serving =
        Thread.ofPlatform()
            .start(() -> Sluice.run(streams, "perf", "server", "--port", "0", "--loops", "2"));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(reading, StandardCharsets.UTF_8));
    Matcher listening =
        Pattern.compile("listening on 127.0.0.1:(\\d+), raw QUIC, .+; 2 loops")
            .matcher(lines.readLine());
    assertTrue(listening.matches(), listening::toString);
    String server = "127.0.0.1:" + listening.group(1);
    String what = "perf client download " + server + " --bytes 1M --warmup 0s";
    assertEquals(0, command(what.split(" ")), this::said);
    serving.interrupt();
    serving.join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " --http3", " --webtransport"})
  void aPairHasItsServerInAnotherProcess(String protocol) throws IOException {
    String what = "perf pair download --bytes 64M --warmup 0s --json --loops 2" + protocol;
    assertEquals(0, command(what.split(" ")), this::said);
    JsonNode result = new ObjectMapper().readTree(out.toByteArray());
    assertTrue(result.get("amount").asLong() >= 64 << 20, result::toString);
    assertTellsUsage(result, "/client", "/server");
    assertTrue(result.at("/client/cpuSeconds").asDouble() > 0, result::toString);
    assertTrue(said().matches("(?s)server listening on 127.0.0.1:\\d+, .+; 2 loops\n.*"), said());
  }

  @ParameterizedTest
  @ValueSource(strings = {"server --loops 0", "pair download --loops 65", "server --io pigeon"})
  void serversRefuseWhatTheyCannotDo(String arguments) {
    assertEquals(2, command(("perf " + arguments).split(" ")), this::said);
    assertTrue(said().matches("sluice: \\(2\\) --(loops|io) is .*\n"), said());
  }

  @Test
  void tellsHowDatagramsAreMoved() throws IOException {
    for (Protocol protocol : Protocol.values()) {
      out.reset();
      String what = "download --bytes 10K --warmup 0s --io portable";
      assertEquals(PORTABLE, measure(protocol, what).path("io").asText());
      out.reset();
      assertEquals(0, run(protocol, what), this::said);
      String text = out.toString(StandardCharsets.UTF_8);
      assertTrue(text.contains("\nio            " + PORTABLE + "\n"), text);
    }
  }

  /** Nothing else takes the place of what was asked for by name. */
  @Test
  void aWayThatCannotBeGoneIsOneLine() throws IOException {
    String obstacle = IoMode.LINUX.obstacle();
    if (obstacle == null) {
      JsonNode result = measure(Protocol.QUIC, "download --bytes 10K --warmup 0s --io linux");
      assertTrue(result.path("io").asText().startsWith("Linux: "), result::toString);
    } else {
      assertEquals(2, run(Protocol.QUIC, "download --bytes 10K --warmup 0s --io linux"));
      assertEquals("sluice: (2) --io linux: " + obstacle + "\n", said());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "download --count 3",
        "requests --bytes 3",
        "download --path /x",
        "download --resumed",
        "download --cc none",
        "download --datagram-size 100",
        "datagrams --size 7",
        "messages --size 100K",
        "requests --in-flight 0",
        "requests --count 0",
        "requests --count -3",
        "download --bytes 0",
        "idle --count -1",
        "connects --include-handshake",
        "download --group X25519",
        "download --duration 0s",
        "download --io pigeon",
        "connects --webtransport",
        "idle --webtransport",
        "download --webtransport --path /x",
      })
  void refusesWhatDoesNotGoTogether(String arguments) {
    assertTrue(run(Protocol.QUIC, arguments) != 0);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }
}
