package dev.sluice.quic.connection;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The preferred_address transport parameter (RFC 9000 §9.6, §18.2): where a server wants its client
 * to move to once the handshake is confirmed.
 *
 * @param ipv4 null for none
 * @param ipv6 null for none
 * @param id a connection ID to use there, sequence number 1, not empty
 * @param resetToken its stateless reset token, 16 bytes
 */
record PreferredAddress(
    InetSocketAddress ipv4, InetSocketAddress ipv6, ConnectionId id, Bytes resetToken) {

  private static final int TOKEN = 16;

  /** Reads a parameter that the codec has found to be well-formed. */
  static PreferredAddress read(Bytes value) {
    WireReader in = new WireReader(value.array(), value.offset(), value.length());
    InetSocketAddress ipv4 = address(in, 4);
    InetSocketAddress ipv6 = address(in, 16);
    Bytes id = in.slice(in.u8());
    return new PreferredAddress(
        ipv4,
        ipv6,
        ConnectionId.of(id.array(), id.offset(), id.length()),
        Bytes.of(in.slice(TOKEN).toArray()));
  }

  private static InetSocketAddress address(WireReader in, int length) {
    byte[] ip = in.slice(length).toArray();
    int port = in.u8() << 8 | in.u8();
    try {
      InetAddress address = InetAddress.getByAddress(ip);
      return address.isAnyLocalAddress() || port == 0 ? null : new InetSocketAddress(address, port);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(impossible); // four or sixteen bytes always are one
    }
  }

  /** The parameter's value. */
  Bytes encode() {
    byte[] value = new byte[4 + 2 + 16 + 2 + 1 + id.length() + TOKEN];
    WireWriter out = new WireWriter(value, 0, value.length);
    write(out, ipv4, 4);
    write(out, ipv6, 16);
    out.u8(id.length());
    id.writeTo(out);
    out.bytes(resetToken);
    return Bytes.of(value);
  }

  private static void write(WireWriter out, InetSocketAddress address, int length) {
    out.bytes(Bytes.of(address == null ? new byte[length] : address.getAddress().getAddress()));
    int port = address == null ? 0 : address.getPort();
    out.u8(port >> 8).u8(port & 0xff);
  }

  /** The address of the same family as another; null for none. */
  InetSocketAddress like(InetSocketAddress other) {
    return other.getAddress() instanceof Inet6Address ? ipv6 : ipv4;
  }

  @Override
  public String toString() {
    return "preferred address " + ipv4 + ", " + ipv6;
  }
}
