package dev.sluice.tools.get;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code --resolve}: the addresses to use for one host and port instead of a name lookup.
 *
 * @param host in lower case, without brackets
 */
public record ResolveOverride(String host, int port, List<InetAddress> addresses) {
  private static final Pattern FORM =
      Pattern.compile("\\+?(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+):(\\d{1,5}):(.+)");

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]+");

  public ResolveOverride {
    addresses = List.copyOf(addresses);
  }

  /**
   * Reads {@code host:port:address[,address]...}.
   *
   * @throws IllegalArgumentException it does not have that form, there is no such port, or an
   *     address is not numeric
   */
  public static ResolveOverride parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " is not host:port:address");
    }
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : matcher.group(3).split(",")) {
      addresses.add(address(unbracket(address.strip())));
    }
    String host = unbracket(matcher.group(1)).toLowerCase(Locale.ROOT);
    int port = Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("no such port: " + port);
    }
    return new ResolveOverride(host, port, addresses);
  }

  private static InetAddress address(String literal) {
    // Anything else would be looked up.
    boolean numeric = LITERAL.matcher(literal).matches();
    if (numeric && (literal.indexOf(':') >= 0 || literal.split("\\.", -1).length == 4)) {
      try {
        return InetAddress.getByName(literal);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(literal + " is not an IP address", e);
      }
    }
    throw new IllegalArgumentException(literal + " is not an IP address");
  }

  private static String unbracket(String text) {
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    return bracketed ? text.substring(1, text.length() - 1) : text;
  }
}
