package dev.sluice.testkit;

import dev.sluice.requirements.Catalogue;
import dev.sluice.requirements.TaggedTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SortedSet;
import java.util.TreeSet;

/** The ids that tests carry are those of sentences that exist. */
public final class RequirementRules {
  private final TaggedTests tests = new TaggedTests();

  private RequirementRules() {}

  /** Rules for the tests that a test class was compiled with. */
  public static RequirementRules of(Class<?> test) {
    RequirementRules rules = new RequirementRules();
    try {
      rules.tests.scan(ModuleClasses.location(test));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rules;
  }

  /**
   * Checks that the catalogue knows every id.
   *
   * @throws AssertionError lists those that it does not, with the tests that carry them
   */
  public void checkKnown() {
    Catalogue catalogue = Catalogue.load();
    SortedSet<String> unknown = new TreeSet<>();
    tests
        .all()
        .forEach(
            (id, carriers) -> {
              if (catalogue.find(id) == null) {
                unknown.add(id + " of " + String.join(", ", carriers));
              }
            });
    if (!unknown.isEmpty()) {
      throw new AssertionError("no such requirement:\n  " + String.join("\n  ", unknown));
    }
  }
}
