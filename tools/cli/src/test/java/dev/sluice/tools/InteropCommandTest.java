package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the runner expects of an endpoint's exit codes. */
class InteropCommandTest {

  @Test
  void anUnknownCaseIsSaidToBe() {
    for (String role : new String[] {"client", "server"}) {
      Commands.Result result =
          Commands.run(
              "interop", "--role", role, "--testcase", "dgfdl", "--requests", "https://a/");
      assertEquals(127, result.code(), result::toString);
    }
  }

  @Test
  void aRoleIsNeeded() {
    Commands.Result result = Commands.run("interop", "--testcase", "transfer", "--role", "proxy");
    assertEquals(2, result.code(), result::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/none | /   | (26) cannot serve /none: no such file or folder",
        "/     | /no | (58) cannot use the certificate in /no: /no/cert.pem: no such file or folder"
      })
  void whatAServerLacks(String site, String certificates, String line) {
    Commands.Result result =
        Commands.run(
            ("interop --role server --testcase handshake --www "
                    + site
                    + " --certs "
                    + certificates)
                .split(" "));
    assertEquals("sluice: " + line, result.err().strip());
  }

  @Test
  void aClientNeedsSomethingToFetch() {
    Commands.Result result =
        Commands.run("interop", "--role", "client", "--testcase", "transfer", "--requests", " ");
    assertEquals(2, result.code(), result::toString);
    assertTrue(result.err().contains("REQUESTS"), result::toString);
  }
}
