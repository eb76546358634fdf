package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.tools.get.TransferUrl;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ServeCommandTest {
  @TempDir Path folder;

  /** As whoever reads it gives it to a client. */
  @ParameterizedTest
  @CsvSource({
    "::, localhost:1",
    "127.0.0.1, localhost:1",
    "192.0.2.1, 192.0.2.1:1",
    "2001:db8::1, [2001:db8:0:0:0:0:0:1]:1"
  })
  void addressesInUrls(String ip, String authority) throws Exception {
    InetAddress address = InetAddress.getByName(ip);
    assertEquals(authority, ServeCommand.authority(new InetSocketAddress(address, 1)));
  }

  @Test
  void zonesInUrls() throws Exception {
    byte[] octets = InetAddress.getByName("fe80::1").getAddress();
    InetAddress address = Inet6Address.getByAddress(null, octets, 4);
    String authority = ServeCommand.authority(new InetSocketAddress(address, 1));
    assertEquals("[fe80:0:0:0:0:0:0:1%254]:1", authority);
    URI read = TransferUrl.parse("https://" + authority).uri();
    assertEquals("[fe80:0:0:0:0:0:0:1%4]", read.getHost());
  }

  @Test
  void verboseTellsHowDatagramsAreMoved() throws Exception {
    try (ServeProcess serve =
        ServeProcess.start(folder, "-v", "--io", "portable", "--loops", "2")) {
      assertEquals(
          "portable: DatagramChannel, one system call a datagram; 2 loops",
          serve.awaitLine("portable"));
    }
  }
}
