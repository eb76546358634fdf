package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice get} against a server on the loopback interface: what it does when all is well. */
class GetTest {
  private static final byte[] LARGE = new byte[1_000_000];

  static {
    RandomGenerator.of("L64X128MixRandom").nextBytes(LARGE);
  }

  @TempDir Path folder;

  private Http3Server server;
  private Path trusted;
  private final Set<String> connections = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void serve() throws IOException {
    Identity identity = Commands.identity(Instant.now(), "localhost");
    trusted = Commands.certificate(folder, identity);
    server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(identity)
            .handler(this::answer)
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void answer(Http3Exchange exchange) throws IOException {
    connections.add(exchange.connection().label());
    String path = exchange.path();
    switch (path) {
      case "/large" -> exchange.respond(200, Fields.EMPTY, LARGE);
      case "/echo" -> {
        byte[] body = exchange.requestBody().readAllBytes();
        String type = exchange.headers().first("content-type");
        exchange.respond(200, Fields.of("x-method", exchange.method(), "x-type", "" + type), body);
      }
      case "/seen" -> {
        StringBuilder seen = new StringBuilder();
        exchange.headers().forEach(f -> seen.append(f.name() + ": " + f.value() + "\n"));
        exchange.respond(200, Fields.EMPTY, bytes(seen.toString()));
      }
      case "/moved" -> exchange.respond(302, Fields.of("location", "/echo"), bytes("moved\n"));
      case "/kept" -> exchange.respond(307, Fields.of("location", "echo"), bytes("moved\n"));
      case "/loop" -> exchange.respond(301, Fields.of("location", "/loop"), bytes("again\n"));
      case "/read-and-kept" -> {
        exchange.requestBody().readAllBytes();
        exchange.respond(307, Fields.of("location", "echo"), bytes("moved\n"));
      }
      case "/here" -> exchange.respond(302, to("localhost", "/seen"), new byte[0]);
      case "/elsewhere" -> exchange.respond(302, to("elsewhere.test", "/seen"), new byte[0]);
      case "/plain" ->
          exchange.respond(301, Fields.of("location", "http://localhost/"), new byte[0]);
      default -> exchange.respond(404, Fields.EMPTY, bytes("no " + path + "\n"));
    }
  }

  /** A redirect that has credentials of its own. */
  private Fields to(String host, String path) {
    int port = server.localAddress().getPort();
    return Fields.of("location", "https://other:secret@" + host + ":" + port + path);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String url(String path) {
    return "https://localhost:" + server.localAddress().getPort() + path;
  }

  private Commands.Result get(String... arguments) {
    return getWithInput("", arguments);
  }

  private Commands.Result getWithInput(String input, String... arguments) {
    List<String> all = new ArrayList<>(List.of("get", "--cacert", trusted.toString()));
    String here = "localhost:" + server.localAddress().getPort() + ":127.0.0.1";
    all.addAll(List.of("--resolve", here));
    all.addAll(List.of(arguments));
    return Commands.runWithInput(bytes(input), all.toArray(String[]::new));
  }

  @Test
  void onlyDataOnStandardOutput() {
    Commands.Result result = get("-v", url("/large"));
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(LARGE, result.out());
    assertTrue(result.err().contains("> GET /large HTTP/3"), result.err());
    assertTrue(result.err().contains("< HTTP/3 200"), result.err());
  }

  @Test
  void choosesHowDatagramsAreMoved() {
    Commands.Result result = get("-v", "--io", "portable", url("/large"));
    assertEquals(0, result.code(), result.err());
    assertTrue(result.err().contains("* portable: DatagramChannel"), result.err());
    Commands.Result unknown = get("--io", "pigeon", url("/large"));
    assertEquals(ExitCode.USAGE.code(), unknown.code());
    assertTrue(unknown.err().contains("--io is auto, portable or linux"), unknown.err());
  }

  @Test
  void toFilesOverOneConnection() throws IOException {
    Path first = folder.resolve("first");
    Commands.Result result =
        get("-Z", "-o", first.toString(), url("/large"), url("/none"), url("/large"));
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(LARGE, Files.readAllBytes(first));
    assertEquals(LARGE.length + "no /none\n".length(), result.out().length);
    assertEquals(1, connections.size());
  }

  @Test
  void writesQlogFiles() throws IOException {
    Path logs = folder.resolve("logs");
    Commands.Result result = get("--qlog", logs.toString(), url("/large"));
    assertEquals(0, result.code(), result.err());
    try (Stream<Path> files = Files.list(logs)) {
      Path log = files.findFirst().orElseThrow();
      assertTrue(log.toString().endsWith("_client.sqlog"), log::toString);
      String records = Files.readString(log);
      assertTrue(records.contains("quic:packet_received"), records);
      assertTrue(records.contains("quic:connection_closed"), records);
    }
  }

  @Test
  void aQlogDirectoryThatCannotBeMade() {
    Commands.Result result = get("--qlog", trusted.toString(), url("/large"));
    assertEquals(23, result.code(), result.err());
    assertTrue(result.err().startsWith("sluice: (23) cannot write qlog"), result.err());
  }

  @Test
  void withOtherCongestionControllers() {
    for (String controller : List.of("newreno", "BBR")) {
      Commands.Result result = get("--cc", controller, "--no-pacing", url("/large"));
      assertEquals(0, result.code(), result.err());
      assertArrayEquals(LARGE, result.out());
    }
    Commands.Result unknown = get("--cc", "vegas", url("/large"));
    assertEquals(2, unknown.code());
    assertTrue(unknown.err().contains("newreno, cubic or bbr"), unknown.err());
  }

  @Test
  void postsData() {
    Commands.Result result = get("-i", "-d", "a=1", "-d", "b=2", url("/echo"));
    assertTrue(result.text().startsWith("HTTP/3 200 \r\n"), result.text());
    assertTrue(result.text().contains("x-method: POST\r\n"), result.text());
    assertTrue(result.text().contains("application/x-www-form-urlencoded"), result.text());
    assertTrue(result.text().endsWith("\r\n\r\na=1&b=2"), result.text());
  }

  @Test
  void postsAFile() throws IOException {
    Path form = Files.writeString(folder.resolve("form"), "--head a=1 'b'\n");
    Commands.Result result = get("-d", "@" + form, url("/echo"));
    assertEquals("--head a=1 'b'", result.text(), result.err());
  }

  /** Also what could be an option. */
  @ParameterizedTest
  @ValueSource(strings = {"-k", "-size=5", "--head", "", "-"})
  void postsWhateverIsGiven(String data) {
    Commands.Result result = get("-w", "-s%{http_code}", "-d", data, url("/echo"));
    assertEquals(data + "-s200", result.text(), result.err());
  }

  @Test
  void whatIsWrongIsSaidInOneLine() {
    Commands.Result result = get("-H", "x: a\nb", url("/echo"));
    assertEquals("sluice: (2) invalid header value: \"a b\"\n", result.err());
  }

  @Test
  void standardInputIsThereButOnce() {
    Commands.Result moved = getWithInput("streamed", "-L", "-T", "-", url("/read-and-kept"));
    assertEquals(65, moved.code(), moved::toString);
    assertEquals("", moved.text());
    assertEquals(
        "sluice: (65) standard input was read already, and cannot be sent again\n", moved.err());
    Commands.Result two = getWithInput("streamed", "-T", "-", url("/echo"), url("/echo"));
    assertEquals(65, two.code(), two::toString);
    assertEquals("streamed", two.text());
  }

  @Test
  void credentials() {
    String url = url("/").replace("localhost", "Aladdin:open%20sesame@localhost");
    String sent = "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n";
    Commands.Result asked = get("-w", "%{url_effective}", url + "seen");
    assertTrue(asked.text().contains(sent), asked::toString);
    assertTrue(asked.text().endsWith("\n" + url("/seen")), asked::toString);
    assertFalse(get("-H", "Authorization:", url + "seen").text().contains("authorization"));
    String own = get("-H", "Authorization: Bearer x", url + "seen").text();
    assertTrue(own.contains("authorization: Bearer x\n") && !own.contains("Basic"), own);
  }

  @Test
  void credentialsStayWithTheirHost() {
    String url = url("/").replace("localhost", "Aladdin:open%20sesame@localhost");
    Commands.Result here = get("-L", url + "here");
    assertTrue(here.text().contains("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"), here::toString);
    int port = server.localAddress().getPort();
    String resolve = "elsewhere.test:" + port + ":127.0.0.1";
    Commands.Result other = get("-k", "-L", "--resolve", resolve, url + "elsewhere");
    assertTrue(other.text().contains("user-agent: sluice/"), other::toString);
    assertFalse(other.text().contains("authorization"), other::toString);
  }

  /** Where people write digits of their own, too, programs read these. */
  @Test
  void figuresAreThoseOfNoCountry() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("ar", "EG"));
    try {
      assertEquals("200", get("-I", "-o", "/dev/null", "-w", "%{http_code}", url("/large")).text());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void uploadsStandardInput() {
    Commands.Result result = getWithInput("streamed", "-i", "-T", "-", url("/echo"));
    assertTrue(result.text().contains("x-method: PUT\r\n"), result.toString());
    assertTrue(result.text().endsWith("\r\n\r\nstreamed"), result.toString());
  }

  @Test
  void headWritesTheHeaderSection() {
    Commands.Result result = get("-I", url("/large"));
    assertEquals(0, result.code(), result.err());
    assertTrue(result.text().startsWith("HTTP/3 200 \r\n"), result.text());
    assertTrue(result.text().endsWith("\r\n\r\n"), result.text());
  }

  @Test
  void fields() {
    String seen = get("-H", "X-One: 1", "-H", "Accept:", url("/seen")).text();
    assertTrue(seen.contains("x-one: 1\n"), seen);
    assertTrue(!seen.contains("accept:"), seen);
    assertTrue(seen.contains("user-agent: sluice/"), seen);
  }

  @Test
  void redirects() {
    assertEquals("moved\n", get("-d", "x", url("/moved")).text());
    Commands.Result result =
        get("-L", "-i", "-d", "x", "-w", "%{num_redirects} %{http_code}", url("/moved"));
    assertTrue(result.text().contains("x-method: GET\r\n"), result.text());
    assertTrue(result.text().endsWith("1 200"), result.text());
    assertEquals("x", get("-L", "-d", "x", url("/kept")).text());
    assertEquals(47, get("-L", url("/loop")).code());
    assertEquals(1, get("-L", url("/plain")).code());
  }

  @Test
  void failing() {
    Commands.Result result = get("-f", url("/none"));
    assertEquals(22, result.code());
    assertEquals("", result.text());
    assertEquals("sluice: (22) the server answered with 404\n", result.err());
    assertEquals(0, get(url("/none")).code());
    assertEquals(22, get("-f", url("/none"), url("/echo")).code());
  }

  @Test
  void writeOut() {
    String format = "%{http_code} %{http_version} %{size_download} %{remote_ip} %{exitcode}\\n";
    Path nowhere = folder.resolve("body");
    assertEquals(
        "200 3 1000000 127.0.0.1 0\n",
        get("-o", nowhere.toString(), "-w", format, url("/large")).text());
  }

  @Test
  void remoteNames() throws IOException {
    assertEquals(23, get("-O", url("/")).code());
  }
}
