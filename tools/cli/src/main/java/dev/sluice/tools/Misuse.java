package dev.sluice.tools;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was wrong about a command's arguments, and what may have been meant. */
final class Misuse {
  /** Takes the folder for whoever gives it without an option. */
  private static final String FOLDER_OPTION = "--root";

  private Misuse() {}

  /** One line for people. */
  static String line(ParameterException misuse) {
    return misuse instanceof UnmatchedArgumentException unmatched
        ? unmatched(unmatched.getCommandLine().getCommandSpec(), unmatched.getUnmatched())
        : misuse.getMessage();
  }

  private static String unmatched(CommandSpec command, List<String> arguments) {
    String first = arguments.getFirst();
    if (first.startsWith("-")) {
      List<String> names =
          command.options().stream().flatMap(option -> Stream.of(option.names())).toList();
      return "unknown option '%s'%s".formatted(first, meant(first, names));
    }
    if (!command.subcommands().isEmpty()) {
      Collection<String> names = command.subcommands().keySet();
      String meant = meant(first, names);
      return "there is no command '%s'%s"
          .formatted(first, meant.isEmpty() ? " among " + String.join(", ", names) : meant);
    }
    String tooMuch = "'%s' is one argument too many".formatted(first);
    return command.findOption(FOLDER_OPTION) == null
        ? tooMuch
        : "%s; a folder is given as %s=%s".formatted(tooMuch, FOLDER_OPTION, first);
  }

  /** A question, when some names are near to what was given; else nothing. */
  private static String meant(String given, Collection<String> names) {
    // What begins like a name is near to it, however much is missing.
    List<String> begun =
        given.length() > 3
            ? names.stream().filter(name -> name.startsWith(given)).toList()
            : List.of();
    List<String> near = begun.isEmpty() ? nearest(given, names) : begun;
    return near.isEmpty()
        ? ""
        : near.stream().collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  /** The names with the fewest changes, unless half of the word or more would have to change. */
  private static List<String> nearest(String given, Collection<String> names) {
    int letters = (int) given.chars().filter(c -> c != '-').count();
    int least = names.stream().mapToInt(name -> changes(given, name)).min().orElse(letters);
    return 2 * least > letters
        ? List.of()
        : names.stream().filter(name -> changes(given, name) == least).toList();
  }

  /** How many letters have to be put in, left out, replaced or swapped to make one of another. */
  static int changes(String one, String other) {
    int[][] least = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        least[i][j] = i == 0 || j == 0 ? i + j : changes(least, one, i, other, j);
      }
    }
    return least[one.length()][other.length()];
  }

  /** The same of the first i letters of one and the first j of the other, from what is shorter. */
  private static int changes(int[][] least, String one, int i, String other, int j) {
    char last = one.charAt(i - 1);
    char otherLast = other.charAt(j - 1);
    int changes = least[i - 1][j - 1] + (last == otherLast ? 0 : 1);
    changes = Math.min(changes, 1 + Math.min(least[i - 1][j], least[i][j - 1]));
    boolean areSwapped =
        i > 1 && j > 1 && last == other.charAt(j - 2) && otherLast == one.charAt(i - 2);
    return areSwapped ? Math.min(changes, 1 + least[i - 2][j - 2]) : changes;
  }
}
