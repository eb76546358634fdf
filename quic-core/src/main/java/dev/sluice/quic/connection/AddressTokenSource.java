package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import java.net.InetSocketAddress;

/** Makes the tokens by which a client proves its address on a later connection. */
public interface AddressTokenSource {

  /**
   * A token for a client at this address (RFC 9000 §8.1.3).
   *
   * @param version of the present connection; tokens are for their version only (RFC 9369 §5)
   * @param now nanoseconds of the connection's clock
   */
  byte[] tokenFor(QuicVersion version, InetSocketAddress client, long now);
}
