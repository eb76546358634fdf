package dev.sluice.requirements;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = Catalogue.load();

  @Test
  void everySentenceIsWhole() {
    Set<String> levels =
        Set.of(
            "MUST",
            "MUST NOT",
            "SHALL",
            "SHALL NOT",
            "REQUIRED",
            "SHOULD",
            "SHOULD NOT",
            "MAY",
            "RECOMMENDED",
            "NOT RECOMMENDED",
            "OPTIONAL");
    Set<String> addressees =
        Set.of("endpoint", "application", "deployment", "extension", "registry", "other");
    for (CatalogueEntry entry : catalogue.entries()) {
      assertTrue(levels.contains(entry.level()), entry::toString);
      assertTrue(addressees.contains(entry.addressee()), entry::toString);
      assertFalse(entry.gist().isBlank(), entry::toString);
      assertTrue(entry.id().matches("[A-Z0-9]+-[0-9A-Z.]+#[0-9]+"), entry::toString);
    }
  }

  @Test
  void findsById() {
    CatalogueEntry entry = catalogue.find("RFC9000-10.2.1#5");
    assertEquals("RFC9000", entry.document());
    assertEquals("10.2.1", entry.section());
    assertTrue(entry.isAbsolute());
    assertNull(catalogue.find("RFC9000-10.2.1#500"));
  }

  @Test
  void sectionsHoldThoseBelowThem() {
    CatalogueEntry entry = catalogue.find("RFC9000-10.2.1#5");
    assertTrue(entry.isIn("10"));
    assertTrue(entry.isIn("10.2"));
    assertTrue(entry.isIn("10.2.1"));
    assertFalse(entry.isIn("1"));
    assertFalse(entry.isIn("10.2.10"));
  }

  @Test
  void whatIsSaidToOthersDoesNotConcernEndpoints() {
    assertFalse(catalogue.find("RFC9000-22.1.2#5").concernsEndpoints());
    assertTrue(catalogue.find("RFC9000-8#1").concernsEndpoints());
  }
}
