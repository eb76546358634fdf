package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parts of files as the bodies of responses, whole, cut short and unwanted. */
@Timeout(60)
class FileBodiesTest {

  @TempDir private Path directory;

  private Path file(int length) throws IOException {
    return Files.write(directory.resolve("file"), Loopback.bytes(length));
  }

  /** Far longer than what may be under way, so that much of it is left to read. */
  private Path endless() throws IOException {
    Path file = directory.resolve("endless");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), (1L << 30) - 1);
    }
    return file;
  }

  private static byte[] get(Loopback loopback, String path)
      throws IOException, InterruptedException {
    return loopback.client.send(loopback.request(path).build(), BodyHandlers.ofByteArray()).body();
  }

  static void assertReset(IOException failure) {
    RequestEndedException ended =
        assertInstanceOf(
            RequestEndedException.class,
            failure instanceof RequestEndedException ? failure : failure.getCause());
    // It may overtake the head.
    RequestEnding.ResetByPeer reset =
        assertInstanceOf(RequestEnding.ResetByPeer.class, ended.ending());
    assertEquals(Http3Error.H3_INTERNAL_ERROR.code(), reset.code());
  }

  /** Around what goes whole, 32 KiB, and around the arrays, 64 KiB. */
  @Test
  void anyPartOfAFileArrivesAsItIs() throws Exception {
    byte[] content = Loopback.bytes(1_500_000);
    Path file = file(content.length);
    try (FileChannel channel = FileChannel.open(file);
        Loopback loopback =
            Loopback.of(
                exchange -> {
                  String[] part = exchange.path().substring(1).split("-");
                  try (ResponseBody body = exchange.respond(200, Fields.EMPTY)) {
                    body.write(channel, Long.parseLong(part[0]), Long.parseLong(part[1]));
                  }
                })) {
      int[] lengths = {0, 1, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072, 1_499_000};
      for (int from : new int[] {0, 1000}) {
        for (int length : lengths) {
          assertArrayEquals(
              Arrays.copyOfRange(content, from, from + length),
              get(loopback, "/" + from + "-" + length),
              length + " from " + from);
        }
      }
      assertEquals(0, channel.position());
    }
  }

  @Test
  void partsOfFilesStandBetweenOtherBytes() throws Exception {
    byte[] content = Loopback.bytes(200_000);
    Path file = file(content.length);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (FileChannel channel = FileChannel.open(file);
                  ResponseBody body = exchange.respond(200, Fields.EMPTY)) {
                body.write(content, 0, 10);
                body.write(channel, 10, 20);
                body.write(content, 30, 70_000);
                body.write(channel, 70_030, content.length - 70_031);
                body.write(content[content.length - 1]);
              }
            })) {
      assertArrayEquals(content, get(loopback, "/"));
    }
  }

  @Test
  void aWholeFileSaysHowLongItIs() throws Exception {
    byte[] content = Loopback.bytes(100_000);
    Path file = file(content.length);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (exchange.path().equals("/none")) {
                Path none = directory.resolve("none");
                assertThrows(
                    NoSuchFileException.class, () -> exchange.respond(200, Fields.EMPTY, none));
                exchange.respond(404, Fields.EMPTY, new byte[0]);
              } else {
                exchange.respond(200, Fields.of("content-type", "a/b"), file);
              }
            })) {
      HttpResponse<byte[]> whole =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofByteArray());
      assertArrayEquals(content, whole.body());
      assertEquals("100000", whole.headers().firstValue("content-length").orElseThrow());
      assertEquals("a/b", whole.headers().firstValue("content-type").orElseThrow());
      HttpResponse<byte[]> head =
          loopback.client.send(loopback.request("/").HEAD().build(), BodyHandlers.ofByteArray());
      assertEquals(0, head.body().length);
      assertEquals("100000", head.headers().firstValue("content-length").orElseThrow());
      HttpResponse<byte[]> none =
          loopback.client.send(loopback.request("/none").build(), BodyHandlers.ofByteArray());
      assertEquals(404, none.statusCode());
    }
  }

  /** A channel that is closed cannot be read, which only GET has to do. */
  @Test
  void forHeadTheFileIsNotRead() throws Exception {
    FileChannel closed = FileChannel.open(file(10));
    closed.close();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              ResponseBody body = exchange.respond(200, Fields.EMPTY);
              if (exchange.method().equals("HEAD")) {
                body.write(closed, 0, 10);
              } else {
                assertThrows(ClosedChannelException.class, () -> body.write(closed, 0, 10));
              }
            })) {
      HttpResponse<byte[]> head =
          loopback.client.send(loopback.request("/").HEAD().build(), BodyHandlers.ofByteArray());
      assertEquals(200, head.statusCode());
      assertEquals("10", head.headers().firstValue("content-length").orElseThrow());
      HttpResponse<byte[]> get =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofByteArray());
      assertEquals(500, get.statusCode());
    }
  }

  /** Not even a handler that hides the failure makes the client take a part for the whole. */
  @Test
  void aFileThatIsShorterThanItsPartResetsTheStream() throws Exception {
    Path file = file(200_000);
    AtomicInteger hidden = new AtomicInteger();
    try (FileChannel channel = FileChannel.open(file);
        Loopback loopback =
            Loopback.of(
                exchange -> {
                  Fields fields =
                      exchange.path().equals("/promised")
                          ? Fields.of("content-length", "200001")
                          : Fields.EMPTY;
                  // A handler that says nothing of it, and ends as if all were well.
                  try (ResponseBody body = exchange.respond(200, fields)) {
                    body.write(channel, 0, 200_001);
                  } catch (EOFException e) {
                    hidden.incrementAndGet();
                  }
                })) {
      for (String path : new String[] {"/promised", "/not"}) {
        assertReset(assertThrows(IOException.class, () -> get(loopback, path)));
      }
    }
    assertEquals(2, hidden.get());
  }

  @Test
  void aSmallFileThatIsShorterIsA500() throws Exception {
    Path file = file(100);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (FileChannel channel = FileChannel.open(file);
                  ResponseBody body = exchange.respond(200, Fields.EMPTY)) {
                body.write(channel, 0, 101);
              }
            })) {
      assertEquals(
          500,
          loopback
              .client
              .send(loopback.request("/").build(), BodyHandlers.ofByteArray())
              .statusCode());
    }
  }

  @Test
  void aFileThatShrinksWhileItIsSentResetsTheStream() throws Exception {
    Path file = endless();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      try (Loopback loopback =
          Loopback.of(
              exchange -> {
                try {
                  exchange.respond(200, Fields.EMPTY, file);
                } catch (IOException e) {
                  thrown.complete(e);
                  throw e;
                }
              })) {
        try (InputStream in =
            loopback
                .client
                .send(loopback.request("/").build(), BodyHandlers.ofInputStream())
                .body()) {
          assertEquals(1_000_000, in.readNBytes(1_000_000).length);
          channel.truncate(1000);
          assertReset(
              assertThrows(
                  IOException.class, () -> in.transferTo(OutputStream.nullOutputStream())));
        }
        assertInstanceOf(EOFException.class, thrown.join());
      }
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheReading() throws Exception {
    Path file = endless();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try {
                exchange.respond(200, Fields.EMPTY, file);
              } catch (IOException e) {
                thrown.complete(e);
              }
            })) {
      try (InputStream in =
          loopback
              .client
              .send(loopback.request("/").build(), BodyHandlers.ofInputStream())
              .body()) {
        assertEquals(1_000_000, in.readNBytes(1_000_000).length);
      }
      RequestEndedException ended = assertInstanceOf(RequestEndedException.class, thrown.join());
      RequestEnding.ResetByPeer stopped =
          assertInstanceOf(RequestEnding.ResetByPeer.class, ended.ending());
      assertEquals(Http3Error.H3_REQUEST_CANCELLED.code(), stopped.code());
    }
  }

  @Test
  void aFileIsHeldToTheRulesOfTheResponse() throws Exception {
    Path file = file(100);
    CompletableFuture<Void> checked = new CompletableFuture<>();
    try (FileChannel channel = FileChannel.open(file);
        Loopback loopback =
            Loopback.of(
                exchange -> {
                  ResponseBody body = exchange.respond(200, Fields.of("content-length", "10"));
                  assertThrows(IllegalArgumentException.class, () -> body.write(channel, -1, 10));
                  assertThrows(IllegalArgumentException.class, () -> body.write(channel, 0, -1));
                  assertThrows(IOException.class, () -> body.write(channel, 0, 11));
                  body.write(channel, 90, 10);
                  body.close();
                  assertThrows(IOException.class, () -> body.write(channel, 0, 1));
                  checked.complete(null);
                })) {
      assertArrayEquals(Arrays.copyOfRange(Loopback.bytes(100), 90, 100), get(loopback, "/"));
      checked.join();
      assertTrue(channel.isOpen());
    }
  }
}
