package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.Commands.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to whoever has mistyped, or has not read the help. */
class MisuseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "gett https://localhost/    | there is no command 'gett'; did you mean get?",
        "requirement                | there is no command 'requirement'; did you mean"
            + " requirements?",
        "dmeo                       | there is no command 'dmeo'; did you mean demo?",
        "start                      | there is no command 'start' among demo, serve, get, wt, perf,"
            + " congestion, interop, requirements",
        "perf pari download         | there is no command 'pari'; did you mean pair?",
        "get --insec https://a/     | unknown option '--insec'; did you mean --insecure?",
        "get https://a/ --hedaer x  | unknown option '--hedaer'; did you mean --header?",
        "serve --quick-version v2   | unknown option '--quick-version'; did you mean"
            + " --quic-version?",
        "serve --zzz                | unknown option '--zzz'",
        "get -y https://a/          | unknown option '-y'",
        "serve site                 | 'site' is one argument too many; a folder is given as"
            + " --root=site",
        "demo fast                  | 'fast' is one argument too many",
        "wt https://a/ https://b/   | 'https://b/' is one argument too many",
        "get                        | Missing required parameter: 'URL'"
      })
  void saysWhatMayHaveBeenMeant(String arguments, String line) {
    Result result = Commands.run(arguments.split(" "));
    assertEquals(2, result.code());
    assertEquals("sluice: (2) " + line, result.err().lines().findFirst().orElseThrow());
  }

  @Test
  void theHelpOfTheCommandIsNamed() {
    String err = Commands.run("serve", "site").err();
    assertEquals("try 'sluice serve --help' for what it takes", err.lines().toList().getLast());
  }

  @ParameterizedTest
  @CsvSource({
    "get,get,0",
    "gett,get,1",
    "gte,get,1",
    "xet,get,1",
    "et,get,1",
    "'',get,3",
    "ab,ba,1"
  })
  void changesAreCounted(String one, String other, int changes) {
    assertEquals(changes, Misuse.changes(one, other));
    assertEquals(changes, Misuse.changes(other, one));
  }

  /** No line of a help is broken where somebody has to copy it. */
  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve", "get", "wt", "congestion", "interop", "requirements"})
  void everyHelpIsWhole(String command) {
    Result help = Commands.run(command, "--help");
    assertEquals(0, help.code());
    assertTrue(help.text().lines().allMatch(line -> line.length() <= 100), help::toString);
    assertTrue(help.text().lines().noneMatch(line -> line.endsWith("%")), help::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "get --help", "perf client --help"})
  void aHelpThatCannotBeWritten(String arguments) {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Result result =
        Commands.run(
            InputStream.nullInputStream(), new ByteArrayOutputStream(), full, arguments.split(" "));
    assertEquals(23, result.code(), result::toString);
    assertEquals("sluice: (23) cannot write to standard output\n", result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve --root /dev/null --grace -1          | --grace is not negative",
        "requirements --root /none --at-least NaN   | --at-least is 0 to 100",
        "get --resolve a:70000:127.0.0.1 https://a/ | --resolve: no such port: 70000",
        "perf pair requests --in-flight 2000000000  | --streams and --in-flight are 1 to 100000",
        "perf client download --streams 0           | --streams and --in-flight are 1 to 100000",
        "perf client idle --count 5000000000        | --count is at most 10000000 for idle"
      })
  void amountsThatCannotBe(String arguments, String line) {
    Result result = Commands.run(arguments.split(" "));
    assertEquals(2, result.code(), result::toString);
    assertEquals("sluice: (2) " + line, result.err().strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve --port 70000        | no such port: 70000",
        "perf server --port -1     | no such port: -1",
        "interop --port https      | not a port: https"
      })
  void portsThatThereAreNot(String arguments, String line) {
    Result result = Commands.run(arguments.split(" "));
    assertEquals(2, result.code(), result::toString);
    assertEquals(
        "sluice: (2) Invalid value for option '--port': " + line,
        result.err().lines().findFirst().orElse(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "get --qlog /dev/null https://a/ | cannot write qlog to /dev/null: there is such a file",
        "serve --keylog /none/k          | cannot write the key log /none/k: no such file or folder"
      })
  void filesThatCannotBeWritten(String arguments, String line) {
    Result result = Commands.run(arguments.split(" "));
    assertEquals(23, result.code(), result::toString);
    assertEquals("sluice: (23) " + line, result.err().strip());
  }

  /** Of two files the one that is meant. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/none/c | /dev/null | /none/c: no such file or folder",
        "/       | /dev/null | Is a directory"
      })
  void certificatesThatCannotBeRead(String certificate, String key, String why) {
    Result result = Commands.run("serve", "--cert", certificate, "--key", key);
    assertEquals(58, result.code(), result::toString);
    assertEquals(
        "sluice: (58) cannot use " + certificate + " with " + key + ": " + why,
        result.err().strip());
  }
}
