package dev.sluice.tools.get;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.net.URI;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferUrlTest {
  @ParameterizedTest
  @CsvSource({
    "localhost, https://localhost/",
    "localhost:4433/a?b#c, https://localhost:4433/a?b",
    "https://[::1]:4433, https://[::1]:4433/",
    "HTTPS://example.org/a b|c, https://example.org/a%20b%7Cc",
    "localhost:4433/?to=https://a/, https://localhost:4433/?to=https://a/",
    "localhost/://, https://localhost/://",
    "https://user@example.org/, https://example.org/",
    "https://example.org/\u00e9, https://example.org/%C3%A9",
    "https://example.org/@, https://example.org/@",
    "https://[fe80::1%25eth0]:4433/a%25b, https://[fe80::1%eth0]:4433/a%25b",
    "[fe80::1%25lo], https://[fe80::1%lo]/",
    "https://[fe80::1%lo]/, https://[fe80::1%lo]/",
    "https://[fe80::1%25]/, https://[fe80::1%25]/",
    "https://me@[fe80::1%25br_lan.1]/, https://[fe80::1%br_lan.1]/",
  })
  void reads(String text, URI expected) throws CommandException {
    assertEquals(expected, TransferUrl.parse(text).uri());
  }

  /** Values in base64 are of octets. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "https://example.org/, none",
        "https://@example.org/, none",
        "https://Aladdin:open%20sesame@example.org/, Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "https://user@example.org/, Basic dXNlcjo=",
        "https://:@example.org/, Basic Og==",
        "https://a+b:c:d@example.org/, Basic YStiOmM6ZA==",
        "me@example.org:pw@example.org, Basic bWVAZXhhbXBsZS5vcmc6cHc=",
        "https://test:123\u00a3@example.org/, Basic dGVzdDoxMjPCow==",
        "https://a:%ff@example.org/, Basic YTr/",
        "https://example.org/?a:b@c, none",
      })
  void readsCredentials(String text, String expected) throws CommandException {
    assertEquals(expected, TransferUrl.parse(text).authorization());
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/, UNSUPPORTED_PROTOCOL",
    "ftp://localhost/, UNSUPPORTED_PROTOCOL",
    "https://, MALFORMED_URL",
    "https:///path, MALFORMED_URL",
    "https://a b/, MALFORMED_URL",
    "https://host:99999/, MALFORMED_URL",
    "https://host:0/, MALFORMED_URL",
    "https://host:port/, MALFORMED_URL",
    "https://[::1/, MALFORMED_URL",
    "https://host/%zz, MALFORMED_URL",
    "https://a%3ab:c@host/, MALFORMED_URL",
    "https://a:b%0ac@host/, MALFORMED_URL",
    "https://a%7f@host/, MALFORMED_URL",
    "https://[fe80::1%25a b]/, MALFORMED_URL",
    "'', MALFORMED_URL",
  })
  void refuses(String text, ExitCode expected) {
    CommandException e = assertThrows(CommandException.class, () -> TransferUrl.parse(text));
    assertEquals(expected, e.exitCode());
  }

  @ParameterizedTest
  @CsvSource({
    "http://me:secret@host/, http://host/",
    "https://me:secret@host:99999/, https://host:99999/",
    "me:secret@host:port/, https://host:port/",
    "https://me:se@cret@/, https:///",
  })
  void refusesWithoutTellingTheCredentials(String text, String told) {
    CommandException e = assertThrows(CommandException.class, () -> TransferUrl.parse(text));
    assertTrue(e.getMessage().contains(told), e.getMessage());
    assertFalse(e.getMessage().contains("cret"), e.getMessage());
  }

  @Property(tries = 1000)
  void anyTextIsAUrlOrTheDocumentedError(@ForAll String text) {
    try {
      assertEquals("https", TransferUrl.parse(text).uri().getScheme());
    } catch (CommandException documented) {
      assertEquals(true, documented.exitCode().code() == 1 || documented.exitCode().code() == 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"https://h/a/b.txt?c, b.txt", "https://h/%C3%A9, \u00e9"})
  void namesOfFiles(URI uri, String expected) throws CommandException {
    assertEquals(expected, TransferUrl.remoteName(uri));
  }

  @ParameterizedTest
  @CsvSource({"https://h/", "https://h/a/", "https://h/a/..", "https://h/a%2f..", "https://h/%00"})
  void noNames(URI uri) {
    CommandException e = assertThrows(CommandException.class, () -> TransferUrl.remoteName(uri));
    assertEquals(ExitCode.WRITE_ERROR, e.exitCode());
  }
}
