package dev.sluice.requirements;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The normative sentences of the specifications that are implemented here. Each document has a
 * resource beside this class: a line a sentence, with id, level, addressee and gist between tabs,
 * in the order of the document.
 */
public final class Catalogue {

  /** In the order in which a reader would take them up. */
  static final List<String> DOCUMENTS =
      List.of(
          "RFC8999",
          "RFC9000",
          "RFC9001",
          "RFC9002",
          "RFC9221",
          "RFC9287",
          "RFC9368",
          "RFC9369",
          "RFC8899",
          "RFC8446",
          "RESETAT10",
          "RFC9406",
          "RFC9438",
          "RFC9204",
          "RFC9114",
          "RFC9218",
          "RFC9220",
          "RFC9297",
          "WEBTRANS16");

  private final Map<String, CatalogueEntry> entries = new LinkedHashMap<>();

  private Catalogue() {}

  /** Reads all documents. */
  public static Catalogue load() {
    Catalogue catalogue = new Catalogue();
    DOCUMENTS.forEach(catalogue::read);
    return catalogue;
  }

  /** Null for an id that no document has. */
  public CatalogueEntry find(String id) {
    return entries.get(id);
  }

  /** All sentences, document by document. */
  public Collection<CatalogueEntry> entries() {
    return entries.values();
  }

  /** The documents that have sentences, in reading order. */
  public static List<String> documents() {
    return DOCUMENTS;
  }

  private void read(String document) {
    try (InputStream in = Catalogue.class.getResourceAsStream(document + ".tsv")) {
      if (in == null) {
        throw new IllegalStateException(document + ".tsv is missing");
      }
      List<String> lines = new ArrayList<>();
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .forEach(lines::add);
      lines.forEach(line -> add(document, line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String document, String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != 4 || !columns[0].startsWith(document + "-")) {
      throw new IllegalStateException(document + ".tsv has a line that is not one: " + line);
    }
    CatalogueEntry entry = new CatalogueEntry(columns[0], columns[1], columns[2], columns[3]);
    if (entries.put(entry.id(), entry) != null) {
      throw new IllegalStateException(entry.id() + " is there twice");
    }
  }
}
