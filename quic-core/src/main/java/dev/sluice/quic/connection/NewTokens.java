package dev.sluice.quic.connection;

import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.wire.Bytes;
import java.net.InetSocketAddress;

/**
 * The address tokens that a server gives its client for later connections (RFC 9000 §8.1.3): one
 * when the handshake is confirmed, and one for each address that the client moves to and proves.
 */
final class NewTokens {
  private AddressTokenSource source;
  private Bytes pending;

  /** Where tokens come from; without it there are none. */
  void source(AddressTokenSource issuer) {
    source = issuer;
  }

  /** The client has shown that it is at this address. */
  void onAddressValidated(QuicVersion version, InetSocketAddress address, long now) {
    if (source != null) {
      pending = Bytes.of(source.tokenFor(version, address, now));
    }
  }

  boolean isPending() {
    return pending != null;
  }

  void write(PacketContents out) {
    if (pending != null
        && out.addIfFits(new NewTokenFrame(pending), new RecoveryToken.NewToken(pending))) {
      pending = null;
    }
  }

  /** Sends it again, unless a newer one waits. */
  void onLost(RecoveryToken.NewToken token) {
    if (pending == null) {
      pending = token.token();
    }
  }
}
