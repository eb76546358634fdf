package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a server may say that it is, and where it may listen. */
class MigrationConfigTest {
  private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 443);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 443);
  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 4433);

  @Test
  void preferredAddressesAreOneOfEachFamily() {
    MigrationConfig both = MigrationConfig.DEFAULTS.withPreferred(IPV6).withPreferred(IPV4);
    assertEquals(List.of(IPV4, IPV6), both.preferred());
    assertRefused(new InetSocketAddress("0.0.0.0", 443));
    assertRefused(new InetSocketAddress("192.0.2.1", 0));
    assertRefused(InetSocketAddress.createUnresolved("example.com", 443));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MigrationConfig(false, IPV6, null, List.of(), true));
  }

  private static void assertRefused(InetSocketAddress preferred) {
    assertThrows(
        IllegalArgumentException.class, () -> MigrationConfig.DEFAULTS.withPreferred(preferred));
  }

  @Test
  void aServerListensWhereItIsPreferredUnlessSomethingTranslates() {
    MigrationConfig preferring = MigrationConfig.DEFAULTS.withPreferred(IPV4);
    assertEquals(List.of(IPV4), preferring.listening());
    assertEquals(List.of(HERE), preferring.withArrivals(HERE).listening());
    for (InetSocketAddress nowhere :
        List.of(
            new InetSocketAddress("127.0.0.1", 0),
            InetSocketAddress.createUnresolved("example.com", 443))) {
      assertThrows(IllegalArgumentException.class, () -> preferring.withArrivals(nowhere));
    }
  }
}
