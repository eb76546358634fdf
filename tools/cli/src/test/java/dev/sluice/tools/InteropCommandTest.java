package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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

  @Test
  void aClientNeedsSomethingToFetch() {
    Commands.Result result =
        Commands.run("interop", "--role", "client", "--testcase", "transfer", "--requests", " ");
    assertEquals(2, result.code(), result::toString);
    assertTrue(result.err().contains("REQUESTS"), result::toString);
  }
}
