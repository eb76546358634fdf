package dev.sluice.requirements;

import java.util.List;

/**
 * How many of some sentences have a test.
 *
 * @param what they are: a document, or a section of one
 * @param entries the sentences, in their order
 * @param missing those of them that no test carries
 */
public record Coverage(String what, List<CatalogueEntry> entries, List<CatalogueEntry> missing) {

  /** What is absolute and concerns endpoints in a document, all of it or in some sections. */
  public static Coverage of(
      Catalogue catalogue, TaggedTests tests, String document, List<String> sections) {
    List<CatalogueEntry> entries =
        catalogue.entries().stream()
            .filter(e -> e.document().equals(document))
            .filter(e -> e.isAbsolute() && e.concernsEndpoints())
            .filter(e -> sections.isEmpty() || sections.stream().anyMatch(e::isIn))
            .toList();
    String what = sections.isEmpty() ? document : document + " §" + String.join(", ", sections);
    List<CatalogueEntry> missing =
        entries.stream().filter(e -> tests.of(e.id()).isEmpty()).toList();
    return new Coverage(what, entries, missing);
  }

  /** How many have a test. */
  public int proven() {
    return entries.size() - missing.size();
  }

  /** Their share, 1 when there are none. */
  public double share() {
    return entries.isEmpty() ? 1 : (double) proven() / entries.size();
  }
}
