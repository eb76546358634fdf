package dev.sluice.tools.perf;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What is measured. */
enum Workload {
  DOWNLOAD("bytes"),
  UPLOAD("bytes"),
  BIDIRECTIONAL("bytes"),
  MULTI_STREAM("bytes"),
  REQUESTS("requests"),
  MESSAGES("messages"),
  DATAGRAMS("datagrams"),
  CONNECTS("connections"),
  IDLE("connections");

  private final String unit;

  Workload(String unit) {
    this.unit = unit;
  }

  /** What is counted. */
  String unit() {
    return unit;
  }

  /** As on the command line, and in no other way. */
  static final class Name implements ITypeConverter<Workload> {
    @Override
    public Workload convert(String name) {
      return Stream.of(values())
          .filter(workload -> workload.toString().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + name
                          + "' is none of "
                          + Stream.of(values())
                              .map(Workload::toString)
                              .collect(Collectors.joining(", "))));
    }
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
