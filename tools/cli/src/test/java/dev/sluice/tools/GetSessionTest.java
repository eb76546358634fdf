package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.EarlyRequests;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice get --session}: sessions and 0-RTT across runs of the program. */
class GetSessionTest {
  @TempDir Path folder;

  private final Identity identity = Commands.identity(Instant.now(), "localhost");
  private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private Http3Server server;
  private Path trusted;

  @BeforeEach
  void serve() throws IOException {
    trusted = Commands.certificate(folder, identity);
    server =
        Http3Server.builder()
            .address(address)
            .identity(identity)
            .earlyData(EarlyRequests.REFUSE_UNSAFE)
            .handler(
                exchange ->
                    exchange.respond(200, Fields.EMPTY, exchange.requestBody().readAllBytes()))
            .start();
    address = server.localAddress();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Commands.Result get(String... more) {
    String[] arguments = {
      "get",
      "-v",
      "--cacert",
      trusted.toString(),
      "--resolve",
      "localhost:" + address.getPort() + ":127.0.0.1",
      "--session",
      folder.resolve("sessions").toString(),
      "https://localhost:" + address.getPort() + "/"
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Commands.run(all);
  }

  @Test
  void theSecondRunResumesAndSendsItsRequestEarly() throws Exception {
    Commands.Result first = get();
    assertEquals(0, first.code(), first.toString());
    assertFalse(first.err().contains("resumed"), first.toString());
    for (int i = 0; i < 3; i++) {
      Commands.Result again = get();
      assertEquals(0, again.code(), again.toString());
      assertTrue(again.err().contains(", resumed, 0-RTT accepted"), again.toString());
    }
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sessions"))));
  }

  @Test
  void whatIsNotSafeIsNotSentEarly() {
    get();
    Commands.Result post = get("-d", "once");
    assertEquals("once", post.text());
    assertTrue(post.err().contains(", resumed, 0-RTT accepted"), "the control stream is: " + post);
  }

  @Test
  void aServerThatHasForgottenRejects() throws Exception {
    get();
    server.close();
    server.awaitTermination();
    serve();
    Commands.Result again = get();
    assertEquals(0, again.code(), again.toString());
    assertTrue(again.err().contains(", 0-RTT rejected"), again.toString());
    assertFalse(again.err().contains("resumed"), again.toString());
  }

  @Test
  void aLinkStaysOne() throws IOException {
    Path kept = folder.resolve("kept");
    Path link = Files.createSymbolicLink(folder.resolve("sessions"), kept);
    Files.createFile(kept);
    assertEquals(0, get().code());
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.size(kept) > 0);
  }

  /** Root may put a file in the place of /dev/null, and would. */
  @Test
  void aPipeStaysOne() throws Exception {
    Path pipe = folder.resolve("sessions");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                read.complete(Files.readAllBytes(pipe));
              } catch (IOException e) {
                read.completeExceptionally(e);
              }
            });
    Commands.Result result = get();
    assertEquals(0, result.code(), result::toString);
    assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
    assertTrue(read.get().length > 0);
  }

  @Test
  void aFileThatHoldsSomethingElseIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("sessions"), "my thesis");
    Commands.Result result = get();
    assertEquals(ExitCode.READ_ERROR.code(), result.code());
    assertEquals("my thesis", Files.readString(folder.resolve("sessions")));
  }
}
