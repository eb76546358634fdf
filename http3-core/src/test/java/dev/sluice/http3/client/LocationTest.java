package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocationTest {

  /** RFC 3986 §5.4.1 and §5.4.2, with another scheme. */
  @ParameterizedTest
  @CsvSource({
    "g:h, g:h",
    "g, https://a/b/c/g",
    "./g, https://a/b/c/g",
    "g/, https://a/b/c/g/",
    "/g, https://a/g",
    "//g, https://g",
    "?y, https://a/b/c/d;p?y",
    "g?y, https://a/b/c/g?y",
    "#s, https://a/b/c/d;p?q#s",
    "g#s, https://a/b/c/g#s",
    "g?y#s, https://a/b/c/g?y#s",
    ";x, https://a/b/c/;x",
    "g;x, https://a/b/c/g;x",
    "g;x?y#s, https://a/b/c/g;x?y#s",
    "'', https://a/b/c/d;p?q",
    "., https://a/b/c/",
    "./, https://a/b/c/",
    ".., https://a/b/",
    "../, https://a/b/",
    "../g, https://a/b/g",
    "../.., https://a/",
    "../../, https://a/",
    "../../g, https://a/g",
    "../../../g, https://a/g",
    "../../../../g, https://a/g",
    "/./g, https://a/g",
    "/../g, https://a/g",
    "g., https://a/b/c/g.",
    ".g, https://a/b/c/.g",
    "g.., https://a/b/c/g..",
    "..g, https://a/b/c/..g",
    "./../g, https://a/b/g",
    "./g/., https://a/b/c/g/",
    "g/./h, https://a/b/c/g/h",
    "g/../h, https://a/b/c/h",
    "g;x=1/./y, https://a/b/c/g;x=1/y",
    "g;x=1/../y, https://a/b/c/y",
    "g?y/../x, https://a/b/c/g?y/../x",
    "g#s/../x, https://a/b/c/g#s/../x",
    "https://other/x//y/../z, https://other/x//z"
  })
  void isResolved(String field, String target) {
    assertEquals(target, Location.target(URI.create("https://a/b/c/d;p?q"), field).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "https://a, g, https://a/g",
    "https://a:1, ?x, https://a:1?x",
    "https://a/b?q#part, c, https://a/c#part",
    "https://a/b#part, c#own, https://a/c#own"
  })
  void isResolvedWhereThereIsNoPathOrAFragment(String from, String field, String target) {
    assertEquals(target, Location.target(URI.create(from), field).toString());
  }

  @Test
  void mayHoldWhatNoUriDoes() {
    URI from = URI.create("https://a/");
    assertEquals("https://a/a%20b", Location.target(from, "/a b").toString());
    // UTF-8, as fields show it: a character for each byte.
    assertEquals("https://a/%C3%BC?%C3%BC", Location.target(from, "/Ã¼?Ã¼").toString());
    assertThrows(IllegalArgumentException.class, () -> Location.target(from, "https://[broken"));
    assertThrows(IllegalArgumentException.class, () -> Location.target(from, "/100%"));
  }
}
