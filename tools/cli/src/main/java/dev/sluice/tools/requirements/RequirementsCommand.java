package dev.sluice.tools.requirements;

import dev.sluice.requirements.Catalogue;
import dev.sluice.requirements.CatalogueEntry;
import dev.sluice.requirements.Coverage;
import dev.sluice.requirements.TaggedTests;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice requirements}: how many MUSTs of each specification have a test, and which not. */
@Command(
    name = "requirements",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Count the MUSTs of each specification that a test proves.",
    footer = {
      "",
      "Reads the compiled tests of a checkout: run \"mvn test-compile\" in it first. Counted are"
          + " the sentences with MUST, MUST NOT, SHALL or REQUIRED that speak to implementations."
    })
public final class RequirementsCommand implements Callable<Integer> {
  private static final int NOT_REACHED = 1;

  private final PrintStream out;

  @Parameters(
      paramLabel = "WHAT",
      description =
          "A document, or sections of one: RFC9000, RFC9000-10.2, RFC9001-4,5,6. All without.")
  private List<String> wanted = List.of();

  @Option(
      names = {"-m", "--missing"},
      description = "List the sentences that no test proves.")
  private boolean listMissing;

  @Option(
      names = {"-t", "--tests"},
      description = "List every sentence with its tests.")
  private boolean listTests;

  @Option(
      names = "--at-least",
      paramLabel = "PERCENT",
      description = "Exit with 1 when a line of the table is below this.")
  private double atLeast;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "${sys:sluice.home:-.}",
      description = "The checkout (the one that this program is of).")
  private Path root;

  /** With what it writes. */
  public RequirementsCommand(StandardStreams streams) {
    this.out = streams.printer();
  }

  @Override
  public Integer call() throws CommandException {
    if (!(atLeast >= 0 && atLeast <= 100)) {
      throw new CommandException(ExitCode.USAGE, "--at-least is 0 to 100");
    }
    Catalogue catalogue = Catalogue.load();
    TaggedTests tests = tests();
    List<Coverage> lines = new ArrayList<>();
    for (Map.Entry<String, List<String>> one : selection()) {
      lines.add(Coverage.of(catalogue, tests, one.getKey(), one.getValue()));
    }
    table(lines);
    for (Coverage line : lines) {
      if (listTests) {
        line.entries().forEach(e -> out.println(described(e) + tested(tests, e)));
      } else if (listMissing) {
        line.missing().forEach(e -> out.println(described(e)));
      }
    }
    StandardStreams.requireWritten(out);
    boolean reached = lines.stream().allMatch(l -> 100 * l.share() >= atLeast);
    return reached ? ExitCode.OK.code() : NOT_REACHED;
  }

  /** Documents with the sections that are wanted of them; none for all sections. */
  private List<Map.Entry<String, List<String>>> selection() throws CommandException {
    List<Map.Entry<String, List<String>>> selection = new ArrayList<>();
    for (String one : wanted.isEmpty() ? Catalogue.documents() : wanted) {
      String[] parts = one.split("-", 2);
      String document = parts[0].toUpperCase(Locale.ROOT);
      if (!Catalogue.documents().contains(document)) {
        throw new CommandException(
            ExitCode.USAGE,
            "no document " + parts[0] + "; there are " + String.join(", ", Catalogue.documents()));
      }
      List<String> sections = parts.length == 1 ? List.of() : List.of(parts[1].split(","));
      selection.add(Map.entry(document, sections));
    }
    return selection;
  }

  private TaggedTests tests() throws CommandException {
    if (!Files.isDirectory(root)) {
      throw new CommandException(ExitCode.READ_ERROR, "no folder " + root);
    }
    try {
      return scanned();
    } catch (IOException | UncheckedIOException e) {
      Exception cause = e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e;
      throw new CommandException(
          ExitCode.READ_ERROR, "cannot read the tests: " + FileFailure.described(cause), e);
    }
  }

  private TaggedTests scanned() throws CommandException, IOException {
    TaggedTests tests = new TaggedTests();
    int folders = 0;
    try (Stream<Path> modules = Files.walk(root, 2)) {
      for (Path module : modules.filter(m -> Files.exists(m.resolve("pom.xml"))).toList()) {
        Path classes = module.resolve("target/test-classes");
        if (Files.isDirectory(classes)) {
          tests.scan(classes);
          folders++;
        }
      }
    }
    if (folders == 0) {
      throw new CommandException(
          ExitCode.READ_ERROR,
          "no compiled tests below " + root.normalize() + ": run mvn test-compile there");
    }
    return tests;
  }

  private void table(List<Coverage> lines) {
    int width = lines.stream().mapToInt(l -> l.what().length()).max().orElse(0);
    String format = "%-" + width + "s %6s %6s %7s%n";
    out.printf(Locale.ROOT, format, "", "MUSTs", "tests", "");
    for (Coverage line : lines) {
      String share = String.format(Locale.ROOT, "%.1f%%", 100 * line.share());
      out.printf(Locale.ROOT, format, line.what(), line.entries().size(), line.proven(), share);
    }
  }

  private static String described(CatalogueEntry entry) {
    return entry.id() + "  " + entry.level() + ": " + entry.gist();
  }

  private static String tested(TaggedTests tests, CatalogueEntry entry) {
    return tests.of(entry.id()).isEmpty()
        ? "  -"
        : "  <- " + String.join(", ", tests.of(entry.id()));
  }
}
