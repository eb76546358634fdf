package dev.sluice.testkit.cddl;

import dev.sluice.testkit.cddl.CddlType.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one rule of a schema out of a text that may go on with something else. */
final class CddlParser {
  private static final Pattern SPACE = Pattern.compile("(\\s|;[^\\n]*)*");
  private static final Pattern NAME = Pattern.compile("[$@A-Za-z_]+([-.]*[$@A-Za-z0-9_])*");
  private static final Pattern STRING = Pattern.compile("\"([^\"\\n]*)\"");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Pattern OPERATOR = Pattern.compile("\\.[a-z]+");
  private static final Pattern ASSIGNMENT = Pattern.compile("//=|/=|=(?!>)");

  private final String text;
  private int at;

  /** The index after the last token. */
  private int end;

  /** What a rule says: {@code =}, or {@code /=} for one more option. */
  record Rule(String name, boolean adds, CddlType type, int end) {}

  /** The text is not of the language. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  private CddlParser(String text, int at) {
    this.text = text;
    this.at = at;
  }

  /**
   * The rule that begins here.
   *
   * @throws Unreadable when none does
   */
  static Rule rule(String text, int at) {
    CddlParser parser = new CddlParser(text, at);
    String name = parser.require(NAME);
    String assignment = parser.require(ASSIGNMENT);
    CddlType type = parser.type();
    return new Rule(name, !assignment.equals("="), type, parser.end);
  }

  private CddlType type() {
    List<CddlType> options = new ArrayList<>();
    options.add(controlled());
    while (!looksAt("//") && takes("/")) {
      options.add(controlled());
    }
    return options.size() == 1 ? options.getFirst() : new CddlType.Choice(List.copyOf(options));
  }

  private CddlType controlled() {
    CddlType type = simple();
    for (String op = take(OPERATOR); op != null; op = take(OPERATOR)) {
      type = new CddlType.Controlled(type, op, simple());
    }
    return type;
  }

  private CddlType simple() {
    if (takes("{")) {
      return new CddlType.Struct(entries("}"));
    }
    if (takes("[")) {
      return new CddlType.Sequence(entries("]"));
    }
    if (takes("(")) {
      CddlType inner = type();
      requires(")");
      return inner;
    }
    if (takes("~")) {
      return new CddlType.Unwrapped(require(NAME));
    }
    String string = take(STRING);
    if (string != null) {
      return new CddlType.Literal(string.substring(1, string.length() - 1));
    }
    String number = take(NUMBER);
    return number != null
        ? new CddlType.Literal(Long.valueOf(number))
        : new CddlType.Named(require(NAME));
  }

  private List<Entry> entries(String end) {
    List<Entry> entries = new ArrayList<>();
    while (!takes(end)) {
      entries.add(entry());
      takes(",");
    }
    return List.copyOf(entries);
  }

  private Entry entry() {
    int least = 1;
    int most = 1;
    String bound = take(NUMBER);
    if (takes("?")) {
      least = 0;
    } else if (takes("+")) {
      most = Integer.MAX_VALUE;
    } else if (takes("*")) {
      least = bound == null ? 0 : Integer.parseInt(bound);
      String upper = take(NUMBER);
      most = upper == null ? Integer.MAX_VALUE : Integer.parseInt(upper);
    } else if (bound != null) {
      throw new Unreadable("a number that bounds nothing");
    }
    int start = at;
    String name = take(NAME);
    if (name != null && takes("=>")) {
      return new Entry(least, most, null, true, type());
    }
    if (name != null && takes(":")) {
      return new Entry(least, most, name, false, type());
    }
    at = start;
    return new Entry(least, most, null, false, type());
  }

  // ---- tokens

  private boolean looksAt(String token) {
    space();
    return text.startsWith(token, at);
  }

  private boolean takes(String token) {
    boolean there = looksAt(token);
    if (there) {
      at += token.length();
      end = at;
    }
    return there;
  }

  private void requires(String token) {
    if (!takes(token)) {
      throw new Unreadable("no " + token + " at " + at);
    }
  }

  private String take(Pattern token) {
    space();
    Matcher matcher = token.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    end = at;
    return matcher.group();
  }

  private String require(Pattern token) {
    String found = take(token);
    if (found == null) {
      throw new Unreadable("no " + token + " at " + at);
    }
    return found;
  }

  private void space() {
    Matcher matcher = SPACE.matcher(text).region(at, text.length());
    at = matcher.lookingAt() ? matcher.end() : at;
  }
}
