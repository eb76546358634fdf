package dev.sluice.tools.get;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of {@code get} take, each on its own. */
class OptionsOfGetTest {
  @TempDir Path folder;

  @Test
  void resolve() throws IOException {
    ResolveOverride override = ResolveOverride.parse("Example.org:443:127.0.0.1,[::1]");
    assertEquals("example.org", override.host());
    assertEquals(443, override.port());
    assertEquals(
        List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1")),
        override.addresses());
    assertEquals("::1", ResolveOverride.parse("[::1]:1:127.0.0.2").host());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a:1",
        "a:1:",
        "a:x:127.0.0.1",
        "a:1:localhost",
        "a:1:127.0.0.1.",
        "a:1:1",
        "a:0:127.0.0.1",
        "a:65536:127.0.0.1"
      })
  void notResolve(String text) {
    assertThrows(IllegalArgumentException.class, () -> ResolveOverride.parse(text));
  }

  @Test
  void fields() {
    RequestFields fields =
        new RequestFields(List.of("X-A: 1:2", "x-a:3", "Accept:", "Empty;", "User-Agent: me"));
    fields.addDefault("accept", "*/*");
    fields.addDefault("user-agent", "sluice");
    fields.addDefault("range", "bytes=0-");
    assertEquals(
        List.of(
            Map.entry("x-a", "1:2"),
            Map.entry("x-a", "3"),
            Map.entry("empty", ""),
            Map.entry("user-agent", "me"),
            Map.entry("range", "bytes=0-")),
        fields.all());
    assertThrows(IllegalArgumentException.class, () -> new RequestFields(List.of("nonsense")));
    assertThrows(IllegalArgumentException.class, () -> new RequestFields(List.of(": value")));
  }

  @Test
  void data() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "b=2\r\n&c=3\n");
    RequestContent content =
        RequestContent.ofData(List.of("a=1", "@" + file, "@-"), stdin("d=4\n"));
    assertEquals("POST", content.method());
    assertEquals("application/x-www-form-urlencoded", content.contentType());
    assertEquals("a=1&b=2&c=3&d=4".length(), content.publisher().contentLength());
  }

  @Test
  void uploads() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "12345");
    assertEquals("PUT", RequestContent.ofUpload(file.toString(), stdin("")).method());
    assertEquals(
        5, RequestContent.ofUpload(file.toString(), stdin("")).publisher().contentLength());
    assertEquals(-1, RequestContent.ofUpload("-", stdin("x")).publisher().contentLength());
  }

  /** Nor is it empty because the system gives it no size. */
  @Test
  void uploadsOfWhatIsNoRegularFile() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/zero")));
    assertEquals(-1, RequestContent.ofUpload("/dev/zero", stdin("")).publisher().contentLength());
  }

  @Test
  void filesThatCannotBeRead() {
    String none = folder.resolve("none").toString();
    for (var attempt :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> RequestContent.ofUpload(none, stdin("")),
            () -> RequestContent.ofUpload(folder.toString(), stdin("")),
            () -> RequestContent.ofData(List.of("@" + none), stdin("")))) {
      assertEquals(ExitCode.READ_ERROR, assertThrows(CommandException.class, attempt).exitCode());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "%{http_code}\\n | '200\n'",
        "100%% %{none}%{x | '100% %{x'",
        "\\t\\\\\\q% | '\t\\\\q%'",
      })
  void writeOut(String format, String expected) {
    assertEquals(expected, WriteOut.expand(format, Map.of("http_code", "200")));
  }

  @Test
  void outputToAFile() throws Exception {
    Path file = folder.resolve("out");
    try (Output output = Output.to(file.toString())) {
      assertTrue(Files.notExists(file), "nothing is made before there is something to write");
      output.write(new byte[] {1, 2, 3}, 1, 2);
      output.finish();
    }
    assertEquals(2, Files.size(file));
    try (Output output = Output.to(folder.resolve("empty").toString())) {
      output.finish();
    }
    assertEquals(0, Files.size(folder.resolve("empty")));
  }

  @Test
  void aFullDisk() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full));
    CommandException e =
        assertThrows(
            CommandException.class,
            () -> {
              try (Output output = Output.to(full.toString())) {
                output.write(new byte[10], 0, 10);
                output.finish();
              }
            });
    assertEquals(ExitCode.WRITE_ERROR, e.exitCode());
    assertEquals(1, e.line().lines().count());
  }

  /** As is every name with a letter beyond ASCII where the locale is POSIX. */
  @Test
  void aNameThatNoFileCanHave() {
    Output output = Output.to("a\0b");
    CommandException e =
        assertThrows(CommandException.class, () -> output.write(new byte[1], 0, 1));
    assertEquals(ExitCode.WRITE_ERROR, e.exitCode());
    InputStream none = InputStream.nullInputStream();
    for (Executable reading :
        List.<Executable>of(
            () -> RequestContent.ofUpload("a\0b", none),
            () -> RequestContent.ofData(List.of("@a\0b"), none))) {
      assertEquals(ExitCode.READ_ERROR, assertThrows(CommandException.class, reading).exitCode());
    }
  }

  @Test
  void aClosedPipe() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Output output = Output.to(broken);
    assertEquals(
        ExitCode.WRITE_ERROR,
        assertThrows(
                CommandException.class,
                () -> {
                  output.write(new byte[1], 0, 1);
                  output.finish();
                })
            .exitCode());
    assertEquals(
        "sluice: (23) cannot write to standard output: Broken pipe",
        assertThrows(CommandException.class, output::flush).line());
  }

  @Test
  void standardOutputStaysOpen() throws Exception {
    ByteArrayOutputStream stdout =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            throw new AssertionError("closed");
          }
        };
    try (Output output = Output.to(stdout)) {
      output.write(new byte[3], 0, 3);
      output.finish();
    }
    assertEquals(3, stdout.size());
  }

  private static InputStream stdin(String text) {
    return new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
