package dev.sluice.tls;

import static dev.sluice.tls.NamedGroup.SECP256R1;
import static dev.sluice.tls.NamedGroup.SECP384R1;
import static dev.sluice.tls.NamedGroup.X25519;
import static dev.sluice.tls.NamedGroup.X25519MLKEM768;
import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a configuration is made of, and made anew from another. */
class ConfigTest {
  @Test
  void keySharesFollowTheGroups() {
    TlsClientConfig usual = clientConfig().build();
    assertEquals(List.of(X25519MLKEM768, X25519), usual.keyShares());
    TlsClientConfig narrow = usual.toBuilder().groups(SECP384R1, SECP256R1).build();
    assertEquals(List.of(SECP384R1), narrow.keyShares());
    TlsClientConfig wide = narrow.toBuilder().groups(SECP384R1, X25519).build();
    assertEquals(List.of(X25519), wide.keyShares());
  }

  @Test
  void keySharesThatWereSetStay() {
    TlsClientConfig chosen = clientConfig().keyShares(SECP256R1).build();
    assertEquals(List.of(SECP256R1), chosen.toBuilder().build().keyShares());
    TlsClientConfig fewer = chosen.toBuilder().groups(X25519, SECP256R1).build();
    assertEquals(List.of(SECP256R1), fewer.keyShares());
    assertThrows(IllegalArgumentException.class, () -> fewer.toBuilder().groups(X25519).build());
  }

  @Test
  void protocolsAreOctets() {
    // An octet is a character (RFC 7301 §3.1); what does not fit would go out as something else.
    assertThrows(
        IllegalArgumentException.class,
        () -> clientConfig().applicationProtocols("h3", "\u0394").build());
    assertThrows(
        IllegalArgumentException.class,
        () -> serverConfig().applicationProtocols("\u0394").build());
    clientConfig().applicationProtocols("\u00ff".repeat(255)).build();
  }
}
