package dev.sluice.tools.interop;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a server asks its clients to move to (RFC 9000 §9.6). */
final class PreferredAddresses {
  /** Another than the one that the runner's URLs have. */
  static final int PORT = 4443;

  private PreferredAddresses() {}

  /** The first IPv4 and the first IPv6 address that others can reach. */
  static List<InetSocketAddress> ofThisHost() throws IOException {
    List<InetAddress> all =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .toList();
    return Stream.of(Inet4Address.class, Inet6Address.class)
        .flatMap(family -> all.stream().filter(family::isInstance).limit(1))
        .map(address -> new InetSocketAddress(address, PORT))
        .toList();
  }

  /** Reads {@code 192.0.2.1:4443} and {@code [2001:db8::1]:4443}. */
  static final class Parser implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) throws Exception {
      URI uri = new URI("https://" + text);
      if (uri.getHost() == null || uri.getPort() < 0) {
        throw new TypeConversionException("not an address with a port: " + text);
      }
      return new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
    }
  }
}
