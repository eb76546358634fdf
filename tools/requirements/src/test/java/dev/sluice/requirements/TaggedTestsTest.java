package dev.sluice.requirements;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaggedTestsTest {
  private static final String ANNOTATION =
      """
      package dev.sluice.testkit;
      import java.lang.annotation.*;
      @Retention(RetentionPolicy.RUNTIME) public @interface Requirement { String[] value(); }
      """;

  private static final String TESTS =
      """
      import dev.sluice.testkit.Requirement;
      class SomeTest {
        @Requirement("RFC9000-8#1") void one() {}
        @Requirement({"RFC9000-8#1", "RFC9000-9#1"}) void two() {}
        @org.junit.jupiter.api.Disabled @Requirement("RFC9000-9#4") void off() {}
        @Requirement("RFC9000-2.1#1") static class Inner {}
      }
      """;

  @TempDir private Path folder;

  private final TaggedTests tests = new TaggedTests();

  @BeforeEach
  void compile() throws IOException {
    Path annotation = Files.writeString(folder.resolve("Requirement.java"), ANNOTATION);
    Path source = Files.writeString(folder.resolve("SomeTest.java"), TESTS);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", "" + folder, "" + annotation, "" + source);
    assertEquals(0, result);
    tests.scan(folder);
  }

  @Test
  void findsTagsOfMethodsAndClasses() {
    assertEquals(Set.of("SomeTest.one", "SomeTest.two"), tests.of("RFC9000-8#1"));
    assertEquals(Set.of("SomeTest.two"), tests.of("RFC9000-9#1"));
    assertEquals(Set.of("SomeTest.Inner"), tests.of("RFC9000-2.1#1"));
  }

  @Test
  void whatIsDisabledProvesNothing() {
    assertTrue(tests.of("RFC9000-9#4").isEmpty());
  }

  @Test
  void countsWhatHasATest() {
    Coverage eight = Coverage.of(Catalogue.load(), tests, "RFC9000", List.of("8", "9"));
    assertEquals("RFC9000 §8, 9", eight.what());
    assertEquals(2, eight.proven());
    assertEquals(eight.entries().size() - 2, eight.missing().size());
    assertEquals(2.0 / eight.entries().size(), eight.share());
    assertTrue(eight.entries().stream().allMatch(CatalogueEntry::isAbsolute));
  }
}
