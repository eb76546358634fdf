package dev.sluice.quic.io.udp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * Tells whether the system refused a datagram for its size. The JDK says so in words alone, of the
 * user's language and, on Windows, of the call that was made. So the system is asked for its words:
 * by the same call it is given more than a UDP datagram can be, on a socket of its own at this
 * host's loopback address, where no route or filter has something else to say, and which nothing
 * leaves.
 *
 * <p>Where it does not tell, no refusal is one for size: what is too large is then lost without a
 * word, which MTU discovery and loss recovery are made for. To take a full queue or a filter for a
 * narrow path would be worse, since the path would be kept narrow for minutes.
 */
final class SizeRefusals {
  private static final int MORE_THAN_ANY = 65_536;

  private final boolean connected;
  private boolean asked;

  /** Null where the system does not tell. */
  private String words;

  /**
   * @param connected whether datagrams are written to a connected channel, rather than sent
   */
  SizeRefusals(boolean connected) {
    this.connected = connected;
  }

  /** Whether what the system said is what it says of a datagram that is too large. */
  boolean include(IOException refusal) {
    if (!asked) {
      asked = true; // once, since refusals may come with every datagram
      words = ask();
    }
    return words != null && words.equals(refusal.getMessage());
  }

  private String ask() {
    try (DatagramChannel own = DatagramChannel.open()) {
      own.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketAddress itself = own.getLocalAddress();
      ByteBuffer datagram = ByteBuffer.allocate(MORE_THAN_ANY);
      if (connected) {
        own.connect(itself).write(datagram);
      } else {
        own.send(datagram, itself);
      }
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
