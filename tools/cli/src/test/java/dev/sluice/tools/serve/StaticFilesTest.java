package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.ResponseBody;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
  private static final Instant MODIFIED = Instant.parse("2026-03-01T12:00:00.5Z");
  private static final String MODIFIED_FIELD = "Sun, 01 Mar 2026 12:00:00 GMT";

  @TempDir Path folder;
  private StaticFiles files;

  @BeforeEach
  void layOut() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    write(root.resolve("ten.txt"), "0123456789");
    write(folder.resolve("secret.txt"), "secret");
    Files.createDirectories(root.resolve("site"));
    write(root.resolve("site/index.html"), "<p>index");
    Files.createDirectories(root.resolve("list"));
    write(root.resolve("list/a <b>&c.txt"), "x");
    write(root.resolve("list/.hidden"), "x");
    write(root.resolve("empty"), "");
    Files.createSymbolicLink(root.resolve("out"), folder.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("list/up"), folder);
    Files.createSymbolicLink(root.resolve("inside"), root.resolve("ten.txt"));
    files = new StaticFiles(root);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
  }

  private Reply get(String target, String... fields) {
    return request("GET", target, fields);
  }

  private Reply request(String method, String target, String... fields) {
    return files.answer(method, target, Fields.of(fields));
  }

  private static String text(Reply reply) throws IOException {
    Collected out = new Collected();
    reply.content().writeTo(out);
    assertEquals(reply.content().length(), out.bytes.size());
    return out.bytes.toString(StandardCharsets.UTF_8);
  }

  /** A body that nobody sends. */
  private static final class Collected extends ResponseBody {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      bytes.write(b);
    }

    @Override
    public void write(FileChannel file, long position, long count) throws IOException {
      ByteBuffer part = ByteBuffer.allocate((int) count);
      while (part.hasRemaining()) {
        if (file.read(part, position + part.position()) < 0) {
          throw new EOFException();
        }
      }
      bytes.write(part.array());
    }

    @Override
    public void finish() {}
  }

  @Test
  void aFile() throws IOException {
    Reply reply = get("/ten.txt?query");
    assertEquals(200, reply.status());
    assertEquals("0123456789", text(reply));
    assertEquals("text/plain; charset=utf-8", reply.fields().get("content-type"));
    assertEquals("10", reply.fields().get("content-length"));
    assertEquals(MODIFIED_FIELD, reply.fields().get("last-modified"));
    assertEquals("bytes", reply.fields().get("accept-ranges"));
    assertEquals("", text(get("/empty")));
  }

  /** RFC 9110 §8.8.2.1: nothing was changed after the message that says so. */
  @Test
  void aFileOfTheFutureWasModifiedNow() throws IOException {
    Instant future = Instant.now().plus(Duration.ofDays(1000));
    Files.setLastModifiedTime(folder.resolve("root/ten.txt"), FileTime.from(future));
    Instant said = HttpDate.parse(get("/ten.txt").fields().get("last-modified")).orElseThrow();
    assertFalse(said.isAfter(Instant.now()), said::toString);
  }

  @Test
  void headHasTheSameFields() {
    assertEquals(get("/ten.txt").fields(), request("HEAD", "/ten.txt").fields());
  }

  @Test
  void foldersHaveAnIndexOrAListing() throws IOException {
    assertEquals("<p>index", text(get("/site/")));
    assertEquals("text/html; charset=utf-8", get("/site/").fields().get("content-type"));
    String listing = text(get("/list/"));
    assertTrue(
        listing.contains("<a href=\"./a%20%3Cb%3E&amp;c.txt\">a &lt;b&gt;&amp;c.txt</a>"), listing);
    assertFalse(listing.contains("hidden"), listing);
    assertFalse(listing.contains("up"), "a link out of the root is not shown: " + listing);
  }

  /** An accent beside its letter, as macOS has it, is another name than one letter with it. */
  @Test
  void aListingNamesFilesAsTheyAreNamed() throws IOException {
    String name = "e\u0301\u20ac.txt";
    try {
      Files.writeString(folder.resolve("root/list").resolve(name), "apart");
    } catch (InvalidPathException e) {
      abort("no file has such a name in this locale");
    }
    String listing = text(get("/list/"));
    String link = "./e%CC%81%E2%82%AC.txt";
    assertTrue(listing.contains("<a href=\"" + link + "\">" + name + "</a>"), listing);
    assertEquals("apart", text(get("/list/" + link.substring(2))));
  }

  @Test
  void aFolderWithoutItsSlashIsRedirected() {
    assertEquals(308, get("/site?x=1").status());
    assertEquals("/site/?x=1", get("/site?x=1").fields().get("location"));
    assertEquals("/site/", get("//site").fields().get("location"), "not another host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/none", "/ten.txt/", "/ten.txt/x", "/site/none.html", "/%ef%bf%bf"})
  void whatIsNotThere(String target) {
    assertEquals(404, get(target).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../secret.txt", "/site/../../secret.txt", "/%2e%2e/secret.txt", "x"})
  void climbingIsRefused(String target) throws IOException {
    Reply reply = get(target);
    assertEquals(400, reply.status());
    assertFalse(text(reply).contains("secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/out", "/list/up/secret.txt", "/list/up/"})
  void linksOutOfTheRootAreRefused(String target) throws IOException {
    Reply reply = get(target);
    assertEquals(403, reply.status());
    assertFalse(text(reply).contains("secret"));
  }

  @Test
  void linksWithinTheRootAreFollowed() throws IOException {
    assertEquals("0123456789", text(get("/inside")));
  }

  @Test
  void otherMethods() {
    Reply reply = request("DELETE", "/ten.txt");
    assertEquals(405, reply.status());
    assertEquals("GET, HEAD, OPTIONS", reply.fields().get("allow"));
    assertEquals(204, request("OPTIONS", "/ten.txt").status());
  }

  @Test
  void ranges() throws IOException {
    Reply part = get("/ten.txt", "range", "bytes=2-4");
    assertEquals(206, part.status());
    assertEquals("234", text(part));
    assertEquals("bytes 2-4/10", part.fields().get("content-range"));
    assertEquals("3", part.fields().get("content-length"));

    Reply none = get("/ten.txt", "range", "bytes=10-");
    assertEquals(416, none.status());
    assertEquals("bytes */10", none.fields().get("content-range"));

    assertEquals(200, get("/ten.txt", "range", "lines=1-2").status());
    assertEquals(200, request("HEAD", "/ten.txt", "range", "bytes=2-4").status());
  }

  @Test
  void severalRanges() throws IOException {
    Reply reply = get("/ten.txt", "range", "bytes=0-1,-2");
    assertEquals(206, reply.status());
    String type = reply.fields().get("content-type");
    assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
    String boundary = type.substring(type.indexOf('=') + 1);
    String head = "\r\n--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ";
    assertEquals(
        (head + "0-1/10\r\n\r\n01" + head + "8-9/10\r\n\r\n89\r\n--%s--\r\n")
            .formatted(boundary, boundary, boundary),
        text(reply));
    assertFalse(reply.fields().containsKey("content-range"), "RFC 9110 section 14.6");
  }

  @Test
  void conditions() {
    String tag = get("/ten.txt").fields().get("etag");
    assertEquals(304, get("/ten.txt", "if-none-match", "\"x\", W/" + tag).status());
    assertEquals(tag, get("/ten.txt", "if-none-match", "*").fields().get("etag"));
    assertEquals(200, get("/ten.txt", "if-none-match", "\"x\"").status());
    assertEquals(200, get("/ten.txt", "if-match", tag).status());
    assertEquals(412, get("/ten.txt", "if-match", "W/" + tag).status(), "strong comparison");
    assertEquals(412, get("/ten.txt", "if-match", "\"x\"").status());
    assertEquals(304, get("/ten.txt", "if-modified-since", MODIFIED_FIELD).status());
    String before = "Sun, 01 Mar 2026 11:59:59 GMT";
    assertEquals(200, get("/ten.txt", "if-modified-since", before).status());
    assertEquals(412, get("/ten.txt", "if-unmodified-since", before).status());
    assertEquals(200, get("/ten.txt", "if-unmodified-since", MODIFIED_FIELD).status());
    assertEquals(200, get("/ten.txt", "if-modified-since", "rubbish").status());
    assertEquals(
        200,
        get("/ten.txt", "if-none-match", "\"x\"", "if-modified-since", MODIFIED_FIELD).status(),
        "a tag goes before a date");
  }

  @Test
  void rangesOfAnotherState() {
    String tag = get("/ten.txt").fields().get("etag");
    assertEquals(206, get("/ten.txt", "range", "bytes=1-", "if-range", tag).status());
    assertEquals(200, get("/ten.txt", "range", "bytes=1-", "if-range", "W/" + tag).status());
    assertEquals(200, get("/ten.txt", "range", "bytes=1-", "if-range", "\"x\"").status());
    assertEquals(206, get("/ten.txt", "range", "bytes=1-", "if-range", MODIFIED_FIELD).status());
  }

  @Test
  void aFileThatShrinksIsAnError() throws IOException {
    Reply reply = get("/ten.txt");
    Files.writeString(folder.resolve("root/ten.txt"), "01");
    assertThrows(IOException.class, () -> reply.content().writeTo(new Collected()));
  }

  @Test
  void theRootHasToBeAFolder() {
    assertThrows(IOException.class, () -> new StaticFiles(folder.resolve("secret.txt")));
    assertThrows(IOException.class, () -> new StaticFiles(folder.resolve("none")));
  }
}
