package dev.sluice.testkit.cddl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A schema: rules, gathered from documents in which they stand among prose. */
public final class Cddl {
  /** Where a rule may begin: a name and an assignment at the beginning of an indented line. */
  private static final Pattern HEAD =
      Pattern.compile("(?m)^ {3,6}([$A-Za-z][$A-Za-z0-9-]*)\\s+(=|/=|//=)(?=\\s)");

  private final Map<String, CddlType> rules = new HashMap<>();

  /**
   * Adds what a document defines. A name that an earlier one has defined is replaced; a socket
   * ({@code $name}) gets more options.
   */
  public void read(String document) {
    Matcher heads = HEAD.matcher(document);
    for (int at = 0; heads.find(at); ) {
      try {
        CddlParser.Rule rule = CddlParser.rule(document, heads.start(1));
        add(rule);
        at = rule.end();
      } catch (CddlParser.Unreadable prose) {
        at = heads.end();
      }
    }
  }

  private void add(CddlParser.Rule rule) {
    CddlType before = rules.get(rule.name());
    if (!rule.adds() || before == null) {
      rules.put(rule.name(), rule.type());
      return;
    }
    List<CddlType> options = new ArrayList<>(options(before));
    options.addAll(options(rule.type()));
    rules.put(rule.name(), new CddlType.Choice(List.copyOf(options)));
  }

  private static List<CddlType> options(CddlType type) {
    return type instanceof CddlType.Choice choice ? choice.options() : List.of(type);
  }

  /** Names of the types that a type is a choice of. */
  public List<String> optionsOf(String name) {
    return options(rule(name)).stream().map(o -> ((CddlType.Named) o).name()).toList();
  }

  /** Whether there is a type of this name. */
  public boolean has(String name) {
    return rules.containsKey(name);
  }

  /**
   * What is wrong with a value.
   *
   * @param type the name of its type
   * @return a line for each fault, with the way to it; empty when there is none
   */
  public List<String> faults(String type, JsonNode value) {
    CddlCheck check = new CddlCheck(this);
    check.check(new CddlType.Named(type), value, "");
    return check.faults();
  }

  CddlType rule(String name) {
    CddlType type = rules.get(name);
    if (type == null) {
      throw new IllegalArgumentException("the schema has no " + name);
    }
    return type;
  }

  /** Null for what nobody has defined: an extension point without extensions. */
  CddlType socket(String name) {
    return rules.get(name);
  }
}
