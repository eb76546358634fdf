package dev.sluice.quic.connection;

import java.net.InetSocketAddress;

/** Makes the tokens by which a client proves its address on a later connection. */
public interface AddressTokenSource {

  /**
   * A token for a client at this address (RFC 9000 §8.1.3).
   *
   * @param now nanoseconds of the connection's clock
   */
  byte[] tokenFor(InetSocketAddress client, long now);
}
