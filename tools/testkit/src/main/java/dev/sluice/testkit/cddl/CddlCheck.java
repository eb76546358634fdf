package dev.sluice.testkit.cddl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.cddl.CddlType.Entry;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds one value against a schema. It is stricter than the language in one way: where the drafts
 * let a value be any object so that others can extend them, it must be one of those that they know.
 */
final class CddlCheck {
  private final Cddl schema;
  private final List<String> faults = new ArrayList<>();

  CddlCheck(Cddl schema) {
    this.schema = schema;
  }

  List<String> faults() {
    return faults;
  }

  void check(CddlType type, JsonNode value, String at) {
    switch (type) {
      case CddlType.Literal literal -> require(isLiteral(literal, value), literal, value, at);
      case CddlType.Named named -> named(named, value, at);
      case CddlType.Choice choice -> choice(choice.options(), value, at);
      case CddlType.Controlled controlled -> controlled(controlled, value, at);
      case CddlType.Struct struct -> struct(struct, value, at);
      case CddlType.Sequence sequence -> sequence(sequence, value, at);
      case CddlType.Unwrapped unwrapped -> check(schema.rule(unwrapped.name()), value, at);
    }
  }

  private void require(boolean fits, Object wanted, JsonNode value, String at) {
    if (!fits) {
      faults.add(at + ": " + value + " is no " + wanted);
    }
  }

  private static boolean isLiteral(CddlType.Literal literal, JsonNode value) {
    return literal.value() instanceof String text
        ? value.isTextual() && value.textValue().equals(text)
        : value.isIntegralNumber() && value.longValue() == (Long) literal.value();
  }

  private void named(CddlType.Named type, JsonNode value, String at) {
    switch (type.name()) {
      case "any" -> {}
      case "text", "tstr" -> require(value.isTextual(), "text", value, at);
      case "bool" -> require(value.isBoolean(), "bool", value, at);
      case "uint" ->
          require(
              value.isIntegralNumber() && value.bigIntegerValue().signum() >= 0, "uint", value, at);
      case "float32", "float64" -> require(value.isNumber(), "number", value, at);
      default -> check(schema.rule(type.name()), value, at);
    }
  }

  private void choice(List<CddlType> options, JsonNode value, String at) {
    List<CddlType> closed = new ArrayList<>();
    flatten(options, closed);
    List<String> best = null;
    boolean bestMeant = false;
    for (CddlType option : closed) {
      CddlCheck trial = new CddlCheck(schema);
      trial.check(option, value, at);
      if (trial.faults.isEmpty()) {
        return;
      }
      // Where what names the kind of thing is right, that is what it was meant to be.
      boolean meant = trial.faults.stream().noneMatch(f -> f.startsWith(at + ".frame_type:"));
      boolean fewer = best == null || trial.faults.size() < best.size();
      if (meant == bestMeant ? fewer : meant) {
        best = trial.faults;
        bestMeant = meant;
      }
    }
    // A field may be wrong in several ways; a value that is none of a list is wrong in one.
    faults.addAll(value.isObject() ? best : List.of(at + ": " + value + " is none of " + closed));
  }

  /** Choices of choices, and without those that take any object. */
  private void flatten(List<CddlType> options, List<CddlType> into) {
    for (CddlType option : options) {
      CddlType meant =
          option instanceof CddlType.Named named && schema.has(named.name())
              ? schema.rule(named.name())
              : option;
      if (meant instanceof CddlType.Choice inner) {
        flatten(inner.options(), into);
      } else if (!(meant instanceof CddlType.Struct struct && isOpen(struct))) {
        into.add(option);
      }
    }
  }

  private static boolean isOpen(CddlType.Struct struct) {
    return struct.entries().size() == 1 && struct.entries().getFirst().anyKey();
  }

  private void controlled(CddlType.Controlled type, JsonNode value, String at) {
    int before = faults.size();
    check(type.base(), value, at);
    if (faults.size() > before) {
      return;
    }
    Object argument = type.argument() instanceof CddlType.Literal literal ? literal.value() : null;
    switch (type.operator()) {
      case ".size" -> {
        if (value.isIntegralNumber()) {
          BigInteger end = BigInteger.ONE.shiftLeft(8 * ((Long) argument).intValue());
          require(value.bigIntegerValue().compareTo(end) < 0, type, value, at);
        }
      }
      case ".regexp" -> require(value.textValue().matches((String) argument), type, value, at);
      case ".default" -> {}
      default -> throw new IllegalArgumentException("the operator " + type.operator());
    }
  }

  private void struct(CddlType.Struct type, JsonNode value, String at) {
    if (!value.isObject()) {
      faults.add(at + ": " + value + " is no object");
      return;
    }
    List<Entry> entries = new ArrayList<>();
    unfold(type.entries(), entries);
    Set<String> known = new HashSet<>();
    Entry others = null;
    for (Entry entry : entries) {
      if (entry.anyKey()) {
        others = entry;
        continue;
      }
      known.add(entry.key());
      if (value.has(entry.key())) {
        check(entry.type(), value.get(entry.key()), at + "." + entry.key());
      } else if (entry.least() > 0) {
        faults.add(at + ": no " + entry.key());
      }
    }
    for (var field : value.properties()) {
      if (!known.contains(field.getKey())) {
        if (others == null) {
          faults.add(at + ": a field " + field.getKey() + " that the schema does not know");
        } else {
          check(others.type(), field.getValue(), at + "." + field.getKey());
        }
      }
    }
  }

  /** With the entries of unwrapped structs, and of extensions that were read. */
  private void unfold(List<Entry> entries, List<Entry> into) {
    for (Entry entry : entries) {
      if (entry.key() != null || entry.anyKey()) {
        into.add(entry);
        continue;
      }
      CddlType group =
          switch (entry.type()) {
            case CddlType.Unwrapped(String name) -> schema.rule(name);
            case CddlType.Named(String name) -> schema.socket(name);
            default -> throw new IllegalArgumentException(entry.toString());
          };
      if (group instanceof CddlType.Struct struct) {
        unfold(struct.entries(), into);
      }
    }
  }

  private void sequence(CddlType.Sequence type, JsonNode value, String at) {
    Entry each = type.entries().getFirst();
    if (type.entries().size() != 1) {
      throw new IllegalArgumentException("an array of several types");
    }
    if (!value.isArray() || value.size() < each.least() || value.size() > each.most()) {
      faults.add(at + ": " + value + " is no array of the right length");
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      check(each.type(), value.get(i), at + "[" + i + "]");
    }
  }
}
