package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The fields of a header or trailer section, in order, without pseudo-header fields (RFC 9110 §5,
 * RFC 9114 §4.2). Names are lowercase. Characters stand for bytes one to one (ISO-8859-1).
 * Immutable.
 */
public final class Fields implements Iterable<FieldLine> {
  /** No fields. */
  public static final Fields EMPTY = new Fields(List.of());

  private final List<FieldLine> lines;

  private Fields(List<FieldLine> lines) {
    this.lines = lines;
  }

  /**
   * Fields from names and values in turn.
   *
   * @throws IllegalArgumentException for an odd number of arguments, or a character that is no byte
   */
  public static Fields of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a name without a value");
    }
    Builder builder = builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /** Fields from lines whose names are lowercase already; the list is copied. */
  public static Fields of(List<FieldLine> lines) {
    return lines.isEmpty() ? EMPTY : new Fields(List.copyOf(lines));
  }

  /** A builder with nothing in it. */
  public static Builder builder() {
    return new Builder();
  }

  /** The lines in order; immutable. */
  public List<FieldLine> lines() {
    return lines;
  }

  @Override
  public Iterator<FieldLine> iterator() {
    return lines.iterator();
  }

  /** The number of lines. */
  public int size() {
    return lines.size();
  }

  /** Whether there are no lines. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * The value of the first line with this name, or null.
   *
   * @param name in any case
   */
  public String first(String name) {
    int at = indexOf(0, name.toLowerCase(Locale.ROOT));
    return at < 0 ? null : lines.get(at).value();
  }

  /** Where the first line with this name is, from an index on; negative when there is none. */
  private int indexOf(int index, String lower) {
    for (int i = index; i < lines.size(); i++) {
      if (lines.get(i).name().equals(lower)) {
        return i;
      }
    }
    return -1;
  }

  /** The values of all lines with this name, in order. */
  public List<String> all(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int at = indexOf(0, lower);
    if (at < 0) {
      return List.of();
    }
    List<String> values = new ArrayList<>(2);
    for (; at >= 0; at = indexOf(at + 1, lower)) {
      values.add(lines.get(at).value());
    }
    return values;
  }

  /**
   * The field's value with its lines joined by ", " as RFC 9110 §5.3 has it, or null when absent.
   */
  public String combined(String name) {
    List<String> values = all(name);
    return values.isEmpty() ? null : String.join(", ", values);
  }

  /** Whether there is a line with this name. */
  public boolean contains(String name) {
    return first(name) != null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fields that && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  @Override
  public String toString() {
    return lines.toString();
  }

  /** Collects lines; names become lowercase, as HTTP/3 wants them (RFC 9114 §4.2). */
  public static final class Builder {
    private final List<FieldLine> lines = new ArrayList<>();

    private Builder() {}

    /** Adds a line. */
    public Builder add(String name, String value) {
      return add(new FieldLine(name, value));
    }

    /** Adds a line that no compression table may keep (RFC 9204 §7.1.3). */
    public Builder addSensitive(String name, String value) {
      return add(new FieldLine(name, value, true));
    }

    /** Adds a line. */
    public Builder add(FieldLine line) {
      String lower = line.name().toLowerCase(Locale.ROOT);
      lines.add(
          lower.equals(line.name()) ? line : new FieldLine(lower, line.value(), line.sensitive()));
      return this;
    }

    /** Adds every line of other fields. */
    public Builder addAll(Fields fields) {
      lines.addAll(fields.lines);
      return this;
    }

    /** The fields collected so far; the builder can go on. */
    public Fields build() {
      return Fields.of(lines);
    }
  }
}
