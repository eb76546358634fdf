package dev.sluice.tools;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A UDP port on the command line; 0 for any. */
public final class PortNumber implements ITypeConverter<Integer> {
  private static final int LAST = 65_535;

  @Override
  public Integer convert(String text) {
    int port;
    try {
      port = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("not a port: " + text);
    }
    if (port < 0 || port > LAST) {
      throw new TypeConversionException("no such port: " + text);
    }
    return port;
  }
}
