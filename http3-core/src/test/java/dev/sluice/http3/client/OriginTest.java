package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {
  /** What a zone is called is nobody else's (RFC 6874 §4); here it tells where the way begins. */
  @ParameterizedTest
  @CsvSource({
    "https://Example.org, example.org, example.org",
    "https://me@example.org:4433/a, example.org, example.org:4433",
    "https://[2001:DB8::1]:443/, 2001:db8::1, [2001:db8::1]",
    "https://[fe80::1%eth0]:4433/, fe80::1%eth0, [fe80::1]:4433",
  })
  void whatARequestIsFor(URI uri, String host, String authority) {
    assertEquals(host, Origin.of(uri).host());
    assertEquals(authority, Origin.of(uri).authority());
  }
}
