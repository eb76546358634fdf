package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
  @Test
  void decodesNames() {
    assertEquals(
        new RequestPath(List.of("a b", "\u00e9.txt"), false),
        RequestPath.parse("/a%20b/%C3%A9.txt?x=/../y"));
  }

  @Test
  void rootIsAFolder() {
    assertEquals(new RequestPath(List.of(), true), RequestPath.parse("/"));
    assertTrue(RequestPath.parse("/a//b/").directory());
    assertFalse(RequestPath.parse("/a/").segments().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "/..",
        "/../x",
        "/a/../b",
        "/./a",
        "/%2e%2e/x",
        "/%2E.",
        "/a%2fb",
        "/a%5cb",
        "/a%00b",
        "/a%0ab",
        "/%",
        "/%4",
        "/%zz",
        "/%ff"
      })
  void refuses(String target) {
    assertThrows(IllegalArgumentException.class, () -> RequestPath.parse(target));
  }

  @Property(tries = 1000)
  void neverLeavesTheRoot(@ForAll @CharRange(from = '%', to = '9') String target) {
    anyTarget("/" + target);
  }

  @Property(tries = 1000)
  void anyText(@ForAll String target) {
    anyTarget(target);
  }

  @Example
  void twoEncodings() {
    anyTarget("/%252e%252e/x");
  }

  private static void anyTarget(String target) {
    RequestPath path;
    try {
      path = RequestPath.parse(target);
    } catch (IllegalArgumentException documented) {
      return;
    }
    Path root = Path.of("/srv/root");
    Path file = root;
    for (String segment : path.segments()) {
      file = file.resolve(segment);
    }
    assertTrue(file.normalize().startsWith(root), target);
  }
}
