package dev.sluice.testkit.cddl;

import java.util.List;

/** A type of a schema (RFC 8610 §2). */
sealed interface CddlType {

  /** One value: a string or a whole number. */
  record Literal(Object value) implements CddlType {}

  /** The type of this name, which may have been put together from several rules (§3.9). */
  record Named(String name) implements CddlType {}

  /** Any of several types, at least two. */
  record Choice(List<CddlType> options) implements CddlType {}

  /** A type and a control operator that narrows it (§3.8). */
  record Controlled(CddlType base, String operator, CddlType argument) implements CddlType {}

  /** An object. */
  record Struct(List<Entry> entries) implements CddlType {}

  /** An array. */
  record Sequence(List<Entry> entries) implements CddlType {}

  /** The entries of another struct, in the place where this stands (§3.7). */
  record Unwrapped(String name) implements CddlType {}

  /**
   * What may or must be in a struct or array.
   *
   * @param most {@link Integer#MAX_VALUE} for any number
   * @param key the field's name; null in an array, for a group of entries, and for {@code text =>}
   * @param anyKey whether it stands for fields of any name
   */
  record Entry(int least, int most, String key, boolean anyKey, CddlType type) {}
}
