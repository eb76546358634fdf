package dev.sluice.tools.get;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of a request: our own, and what {@code -H} adds to them, replaces or takes away. */
public final class RequestFields {
  private final List<Map.Entry<String, String>> fields = new ArrayList<>();
  private final List<String> given = new ArrayList<>();

  /**
   * @param options what {@code -H} had: {@code Name: value}; {@code Name:} takes a field of ours
   *     away; {@code Name;} is a field with an empty value
   * @throws IllegalArgumentException an option has none of these forms
   */
  public RequestFields(List<String> options) {
    for (String option : options) {
      int colon = option.indexOf(':');
      boolean empty = colon < 0 && option.endsWith(";");
      String name = empty ? option.substring(0, option.length() - 1) : cut(option, colon);
      if (name.isBlank()) {
        throw new IllegalArgumentException(option + " is not 'Name: value'");
      }
      String value = empty ? "" : option.substring(colon + 1).strip();
      String key = name.strip().toLowerCase(Locale.ROOT);
      given.add(key);
      if (empty || !value.isEmpty()) {
        fields.add(Map.entry(key, value));
      }
    }
  }

  private static String cut(String option, int colon) {
    return colon < 0 ? "" : option.substring(0, colon);
  }

  /** Adds a field of ours unless {@code -H} spoke of it. */
  public void addDefault(String name, String value) {
    if (!given.contains(name)) {
      fields.add(Map.entry(name, value));
    }
  }

  /** Names in lower case with values, in order. */
  public List<Map.Entry<String, String>> all() {
    return List.copyOf(fields);
  }
}
