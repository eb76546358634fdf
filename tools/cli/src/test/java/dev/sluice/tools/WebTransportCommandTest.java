package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.http3.session.SessionAnswer;
import dev.sluice.http3.session.SessionRequest;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.tls.Identity;
import dev.sluice.tools.serve.ServeProcess;
import dev.sluice.tools.serve.WebTransportEcho;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice wt} against servers on the loopback interface. */
@Timeout(60)
class WebTransportCommandTest {
  @TempDir Path folder;

  private final CompletableFuture<WebTransport> echoing = new CompletableFuture<>();
  private Http3Server server;
  private Path trusted;

  /** Answers with what was asked for, in a field that only the test knows. */
  private static final class Curious implements WebTransportHandler {
    @Override
    public SessionAnswer answer(SessionRequest request) {
      String seen = request.head().fields().first("x-test");
      String authorization = request.head().fields().first("authorization");
      return new SessionAnswer.Accept(
          null, Fields.of("x-seen", "" + seen, "x-authorization", "" + authorization));
    }

    @Override
    public void handle(WebTransport session) throws IOException {
      new WebTransportEcho().handle(session);
    }
  }

  @BeforeEach
  void serve() throws IOException {
    Identity identity = Commands.identity(Instant.now(), "localhost");
    trusted = Commands.certificate(folder, identity);
    Http3ServerBuilder builder =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(identity)
            .handler(exchange -> exchange.respond(404, Fields.EMPTY, new byte[0]))
            .webTransport("/echo", new WebTransportEcho())
            .webTransport("/curious", new Curious())
            .webTransport("/reset", session -> session.acceptBidirectional().reset(7))
            .webTransport("/stop", WebTransportCommandTest::stop)
            .webTransport("/bye", session -> session.close(0, "bye"))
            .webTransport("/no", session -> session.close(9, "go away"))
            .webTransport("/late", WebTransportCommandTest::greetAndClose)
            .webTransport("/echo-one", WebTransportCommandTest::echoOneAndClose)
            .webTransport("/echo-datagrams", this::echoDatagrams);
    server = builder.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void stop(WebTransport session) throws IOException {
    WebTransportStream stream = session.acceptBidirectional();
    stream.stopReading(3);
    stream.outputStream().write("enough".getBytes(StandardCharsets.UTF_8));
    stream.outputStream().close();
  }

  /** Says something after it has everything, and closes in order. */
  private static void greetAndClose(WebTransport session) throws IOException {
    session.acceptUnidirectional().inputStream().readAllBytes();
    WebTransportStream stream = session.openUnidirectional();
    stream.outputStream().write("hello".getBytes(StandardCharsets.UTF_8));
    stream.outputStream().close();
    stream.sendEnded().toCompletableFuture().join();
    session.close();
  }

  /** Sends one stream back, and closes in order: that is when the command knows of the end. */
  private static void echoOneAndClose(WebTransport session) throws IOException {
    WebTransportStream from = session.acceptUnidirectional();
    WebTransportStream to = session.openUnidirectional();
    from.inputStream().transferTo(to.outputStream());
    to.outputStream().close();
    to.sendEnded().toCompletableFuture().join();
    session.close();
  }

  private void echoDatagrams(WebTransport session) {
    echoing.complete(session);
    try {
      while (true) {
        session.sendDatagram(session.receiveDatagram());
      }
    } catch (IOException e) {
      // Closed by the test, which has seen all.
    }
  }

  /** Output that has the server close in order as soon as so many lines were printed. */
  private OutputStream closingAfter(int lines, ByteArrayOutputStream printed) {
    return new FilterOutputStream(printed) {
      @Override
      public void flush() {
        String text = printed.toString(StandardCharsets.UTF_8);
        if (text.chars().filter(c -> c == '\n').count() == lines) {
          echoing.join().close();
        }
      }
    };
  }

  private Commands.Result wt(byte[] input, String path, String... arguments) {
    return Commands.runWithInput(input, command(path, arguments));
  }

  private String[] command(String path, String... arguments) {
    int port = server.localAddress().getPort();
    List<String> all = new ArrayList<>(List.of("wt", "--cacert", trusted.toString()));
    all.addAll(List.of("--resolve", "localhost:" + port + ":127.0.0.1"));
    all.addAll(List.of(arguments));
    all.add("https://localhost:" + port + path);
    return all.toArray(String[]::new);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RandomGenerator.of("L64X128MixRandom").nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10_000_000})
  void overABidirectionalStream(int length) {
    byte[] data = bytes(length);
    Commands.Result result = wt(data, "/echo", "-v");
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(data, result.out());
    assertTrue(result.err().contains("* session 0 with https://localhost:"), result.err());
    assertTrue(result.err().contains("* we closed the session with code 0"), result.err());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000_000})
  void overUnidirectionalStreams(int length) {
    byte[] data = bytes(length);
    Commands.Result result = wt(data, "/echo-one", "--uni", "--wait=50");
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(data, result.out());
    assertEquals("", result.err());
  }

  @Test
  void overDatagrams() {
    byte[] lines = "one\n\nthree, without an end".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Commands.Result result =
        Commands.run(
            new ByteArrayInputStream(lines),
            out,
            closingAfter(3, out),
            command("/echo-datagrams", "--datagram", "--wait=50"));
    assertEquals(0, result.code(), result.err());
    // In any order: that of datagrams is not kept.
    assertEquals(
        Set.of("", "one", "three, without an end"),
        new TreeSet<>(result.text().lines().toList()),
        result.toString());
    assertTrue(result.text().endsWith("\n"));
  }

  @Test
  void aLineThatIsTooLong() {
    byte[] line = "x".repeat(70_000).getBytes(StandardCharsets.UTF_8);
    Commands.Result result = wt(line, "/echo", "--datagram", "--wait=0");
    assertEquals(55, result.code(), result.err());
    assertEquals("", result.text());
  }

  @Test
  void fieldsGoWithTheRequest() {
    Commands.Result result = wt(new byte[0], "/curious", "-v", "-H", "X-Test: 42");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.err().contains("< x-seen: 42\n"), result.err());
  }

  @Test
  void credentialsGoWithTheRequest() {
    String[] command = command("/curious", "-v");
    int url = command.length - 1;
    command[url] = command[url].replace("localhost", "Aladdin:open%20sesame@localhost");
    Commands.Result result = Commands.run(command);
    assertEquals(0, result.code(), result.err());
    String seen = "< x-authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n";
    assertTrue(result.err().contains(seen), result.err());
  }

  @ParameterizedTest
  @CsvSource({
    "/none, 22, refused with status 405",
    "/reset, 18, reset by the peer with code 7",
    "/stop, 55, stopped by the peer with code 3",
    "/no, 56, the peer closed the session with code 9: go away",
  })
  void failures(String path, int code, String reason) {
    byte[] more = bytes(5_000_000); // than is on the way before the answer
    Commands.Result result = wt(more, path);
    assertEquals(code, result.code(), result.err());
    assertTrue(result.err().startsWith("sluice: (" + code + ") "), result.err());
    assertTrue(result.err().contains(reason), result.err());
    assertEquals(path.equals("/stop") ? "enough" : "", result.text());
  }

  @Test
  void theServerClosesInOrder() {
    Commands.Result result = wt(bytes(10), "/late", "--uni", "--wait=50");
    assertEquals(0, result.code(), result.err());
    assertEquals("hello", result.text());
    assertEquals(0, wt(new byte[0], "/bye", "--datagram", "--wait=50").code());
  }

  @Test
  void pagesOfOthersAreRefused() {
    Commands.Result result = wt(new byte[0], "/echo", "-H", "Origin: https://example.com");
    assertEquals(22, result.code(), result.err());
    assertTrue(result.err().contains("refused with status 403"), result.err());
  }

  @Test
  void misuse() {
    assertEquals(2, wt(new byte[0], "/echo", "--uni", "--datagram").code());
    assertEquals(2, wt(new byte[0], "/echo", "-H", "nothing").code());
    assertEquals(
        "sluice: (2) character 0x20 in a field name",
        wt(new byte[0], "/echo", "-H", "a b: c").err().strip());
    assertEquals(1, Commands.run("wt", "http://localhost/").code());
    Commands.Result help = Commands.run("wt", "--help");
    assertEquals(0, help.code());
    assertTrue(help.text().contains("--datagram"), help.text());
  }

  @Test
  void anUntrustedCertificate() {
    String url = "https://localhost:" + server.localAddress().getPort() + "/echo";
    String here = "localhost:" + server.localAddress().getPort() + ":127.0.0.1";
    assertEquals(60, Commands.run("wt", "--resolve", here, url).code());
    assertEquals(0, Commands.run("wt", "-k", "--resolve", here, url).code());
  }

  @Test
  void serveEchoesOnItsPathAlone() throws Exception {
    try (ServeProcess serve = ServeProcess.start(folder, "--webtransport=/wt")) {
      String here = "localhost:" + serve.port() + ":127.0.0.1";
      String url = "https://localhost:" + serve.port();
      String[] command = {"wt", "-k", "--resolve", here, url + "/wt"};
      assertEquals("echo", Commands.runWithInput("echo".getBytes(), command).text());
      command[4] = url + "/other";
      assertEquals(22, Commands.runWithInput("echo".getBytes(), command).code());
      String hint = serve.awaitLine("for WebTransport:");
      assertTrue(hint.contains("new WebTransport(\"" + url + "/wt\""), hint);
      assertTrue(hint.contains("serverCertificateHashes"), hint);
    }
  }
}
