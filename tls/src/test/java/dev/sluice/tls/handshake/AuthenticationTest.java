package dev.sluice.tls.handshake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.tls.Identity;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tls.message.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
  private static final Identity IDENTITY =
      SelfSignedIdentity.create(
          List.of("localhost"),
          Duration.ofDays(10),
          new SplittableRandom(1),
          InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z")));

  /** A chain has some kilobytes, and is the same for everybody. */
  @Test
  void handshakesWithOneIdentityShareItsEncodedChain() {
    byte[] first = authentication().certificate();
    assertSame(first, authentication().certificate());
    assertArrayEquals(Certificate.of(IDENTITY.certificateChain()).encode(), first);
  }

  private static Authentication authentication() {
    return new Authentication(IDENTITY, SignatureScheme.ECDSA_SECP256R1_SHA256);
  }
}
