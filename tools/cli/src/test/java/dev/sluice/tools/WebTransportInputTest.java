package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.session.SessionAnswer;
import dev.sluice.http3.session.SessionRequest;
import dev.sluice.http3.session.SessionStreamEndedException;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.tls.Identity;
import dev.sluice.tools.serve.WebTransportEcho;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of {@code sluice wt}'s input and output on the way. */
@Timeout(60)
class WebTransportInputTest {
  @TempDir Path folder;

  private final CompletableFuture<Integer> received = new CompletableFuture<>();
  private final CompletableFuture<SessionStreamEnding> cutShort = new CompletableFuture<>();
  private final CompletableFuture<String> agent = new CompletableFuture<>();
  private Http3Server server;
  private Path trusted;

  @BeforeEach
  void serve() throws IOException {
    Identity identity = Commands.identity(Instant.now(), "localhost");
    trusted = Commands.certificate(folder, identity);
    server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(identity)
            .webTransport("/sink", this::sink)
            .webTransport("/greeter", WebTransportInputTest::greet)
            .webTransport("/drain", new Draining())
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void sink(WebTransport session) throws IOException {
    CompletableFuture<WebTransportStream> uni = session.acceptUnidirectionalAsync();
    CompletableFuture<WebTransportStream> bidi = session.acceptBidirectionalAsync();
    CompletableFuture.anyOf(uni, bidi).join();
    WebTransportStream stream = uni.isDone() ? uni.join() : bidi.join();
    try {
      received.complete(stream.inputStream().readAllBytes().length);
    } catch (SessionStreamEndedException e) {
      cutShort.complete(e.ending());
      received.completeExceptionally(e);
      stream.reset(9);
    }
  }

  /** Speaks first, and then wants an answer. */
  private static void greet(WebTransport session) throws IOException {
    WebTransportStream stream = session.acceptBidirectional();
    stream.outputStream().write("who is there?".getBytes(StandardCharsets.UTF_8));
    stream.outputStream().flush();
    String answer = new String(stream.inputStream().readAllBytes(), StandardCharsets.UTF_8);
    stream.outputStream().write((" ah, " + answer).getBytes(StandardCharsets.UTF_8));
    stream.outputStream().close();
  }

  private final class Draining implements WebTransportHandler {
    @Override
    public SessionAnswer answer(SessionRequest request) {
      agent.complete(request.head().fields().first("user-agent"));
      return SessionAnswer.accept();
    }

    @Override
    public void handle(WebTransport session) throws IOException {
      session.drain();
      new WebTransportEcho().handle(session);
    }
  }

  private String[] wt(String path, String... arguments) {
    int port = server.localAddress().getPort();
    List<String> all = new ArrayList<>(List.of("wt", "--cacert", trusted.toString()));
    all.addAll(List.of("--resolve", "localhost:" + port + ":127.0.0.1"));
    all.addAll(List.of(arguments));
    all.add("https://localhost:" + port + path);
    return all.toArray(String[]::new);
  }

  @Test
  void isAllThereBeforeTheSessionIsClosed() throws Exception {
    byte[] input = new byte[3_000_000];
    Commands.Result result = Commands.runWithInput(input, wt("/sink", "--uni", "--wait=0"));
    assertEquals(0, result.code(), result.err());
    assertEquals(input.length, received.get());
  }

  private static InputStream badDisk() {
    return new SequenceInputStream(
        new ByteArrayInputStream(new byte[1000]),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("a bad disk");
          }
        });
  }

  /** Half a file must not look like a whole one. */
  @Test
  void thatCannotBeReadCutsTheStreamShort() throws Exception {
    for (String kind : List.of("--wait=1", "--uni")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Commands.Result result = Commands.run(badDisk(), out, out, wt("/sink", kind));
      assertEquals(26, result.code(), result.err());
      assertTrue(result.err().contains("a bad disk"), result.err());
    }
    assertEquals(new SessionStreamEnding.Reset(1), cutShort.get());
  }

  /** The input waits for what the output has shown, as somebody at a terminal does. */
  @Test
  void mayDependOnTheOutput() {
    CountDownLatch asked = new CountDownLatch(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStream terminal =
        new BufferedOutputStream(out) {
          @Override
          public synchronized void flush() throws IOException {
            super.flush();
            asked.countDown();
          }
        };
    InputStream keyboard =
        new InputStream() {
          private final InputStream typed = new ByteArrayInputStream("me".getBytes());

          @Override
          public int read() throws IOException {
            try {
              asked.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return typed.read();
          }
        };
    Commands.Result result = Commands.run(keyboard, out, terminal, wt("/greeter"));
    assertEquals(0, result.code(), result.err());
    assertEquals("who is there? ah, me", result.text());
  }

  @Test
  void goesOnWhenTheServerDrainsTheSession() throws Exception {
    Commands.Result result = Commands.runWithInput("on".getBytes(), wt("/drain", "-v"));
    assertEquals(0, result.code(), result.err());
    assertEquals("on", result.text());
    assertTrue(result.err().contains("asks to wind the session down"), result.err());
    assertTrue(agent.get().startsWith("sluice/"), agent.get());
  }
}
