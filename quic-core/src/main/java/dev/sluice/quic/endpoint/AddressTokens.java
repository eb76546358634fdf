package dev.sluice.quic.endpoint;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens by which a client proves its address (RFC 9000 §8.1): those of a Retry, good for one
 * connection attempt from the same port, and those of NEW_TOKEN, good for a later connection from
 * the same host. Both are for one version of QUIC (RFC 9369 §5). Sealed, so that nobody else can
 * make or read one; no state is kept for them.
 *
 * <pre>
 *   token = name of the key (4) | nonce (12) | AES-256-GCM of
 *           kind (1) | version (4) | time (8) | address (1 + 4 or 16) [| port (2) | ID (1 + n)]
 * </pre>
 */
final class AddressTokens {

  /** A Retry comes back within a round trip; a few seconds leave room for a slow path (§8.1.4). */
  private static final long RETRY_LIFETIME = 10_000;

  /** A day: long enough to help the next visit, short enough that an address is still the same. */
  private static final long NEW_TOKEN_LIFETIME = 86_400_000;

  /** How far the clocks of a fleet may be apart. */
  private static final long CLOCK_SKEW = 5_000;

  private static final int RETRY = 1;
  private static final int NEW_TOKEN = 2;
  private static final int NAME = 4;
  private static final int NONCE = 12;
  private static final int TAG = 16;

  /** What a token says, when it says something. */
  sealed interface Verdict {
    /** Not one of ours, stale, or of another version: as if there were none (§8.1.3). */
    record Absent() implements Verdict {}

    /** A Retry token that is expired or from another address: INVALID_TOKEN (§8.1.2). */
    record Invalid(String reason) implements Verdict {}

    /** A Retry token with which the client has changed the version (RFC 9369 §4.1): dropped. */
    record Misused() implements Verdict {}

    /** The address is proven by a NEW_TOKEN. */
    record Validated() implements Verdict {}

    /** The address is proven by a Retry; the client had first written to this ID. */
    record Retried(ConnectionId originalDestination) implements Verdict {}
  }

  private final TokenKeys keys;
  private final RandomGenerator random;

  /** Made with the first token: an endpoint may never see one. */
  private Cipher cipher;

  AddressTokens(TokenKeys keys, RandomGenerator random) {
    this.keys = keys;
    this.random = random;
  }

  byte[] forRetry(
      QuicVersion version, InetSocketAddress client, ConnectionId originalDestination, long now) {
    WireWriter plain = begin(RETRY, version, client, now);
    plain.u16(client.getPort()).u8(originalDestination.length());
    originalDestination.writeTo(plain);
    return seal(plain);
  }

  byte[] forLater(QuicVersion version, InetSocketAddress client, long now) {
    return seal(begin(NEW_TOKEN, version, client, now));
  }

  Verdict judge(Bytes token, QuicVersion version, InetSocketAddress client, long now) {
    byte[] plain = open(token);
    if (plain == null) {
      return new Verdict.Absent();
    }
    WireReader in = WireReader.of(plain);
    try {
      int kind = in.u8();
      boolean sameVersion = in.i32() == version.number();
      long age = keys.millis(now) - in.i64();
      byte[] host = in.bytes(in.u8());
      boolean sameHost = Arrays.equals(host, client.getAddress().getAddress());
      if (kind == NEW_TOKEN) {
        return sameVersion && sameHost && isWithin(age, NEW_TOKEN_LIFETIME)
            ? new Verdict.Validated()
            : new Verdict.Absent();
      }
      if (!sameVersion) {
        return new Verdict.Misused();
      }
      if (!sameHost || in.u16() != client.getPort()) {
        return new Verdict.Invalid("Initial: the Retry token is for another address");
      }
      if (!isWithin(age, RETRY_LIFETIME)) {
        return new Verdict.Invalid("Initial: the Retry token has expired");
      }
      return new Verdict.Retried(ConnectionId.of(in.bytes(in.u8())));
    } catch (WireException malformed) {
      return new Verdict.Absent();
    }
  }

  private static boolean isWithin(long age, long lifetime) {
    return age >= -CLOCK_SKEW && age <= lifetime;
  }

  private WireWriter begin(int kind, QuicVersion version, InetSocketAddress client, long now) {
    byte[] host = client.getAddress().getAddress();
    WireWriter plain = new WireWriter(new byte[64], 0, 64);
    plain.u8(kind).u32(version.number()).i64(keys.millis(now));
    return plain.u8(host.length).bytes(host);
  }

  private byte[] seal(WireWriter plain) {
    TokenKeys.Named current = keys.current();
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] token = new byte[NAME + NONCE + plain.position() + TAG];
    System.arraycopy(current.name(), 0, token, 0, NAME);
    System.arraycopy(nonce, 0, token, NAME, NONCE);
    try {
      cipher(Cipher.ENCRYPT_MODE, current, token, 0)
          .doFinal(plain.buffer(), 0, plain.position(), token, NAME + NONCE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
    return token;
  }

  private byte[] open(Bytes token) {
    int head = NAME + NONCE;
    if (token.length() < head + TAG) {
      return null;
    }
    TokenKeys.Named key = keys.named(token.array(), token.offset());
    if (key == null) {
      return null;
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, key, token.array(), token.offset())
          .doFinal(token.array(), token.offset() + head, token.length() - head);
    } catch (GeneralSecurityException forged) {
      return null;
    }
  }

  private Cipher cipher(int mode, TokenKeys.Named key, byte[] token, int offset)
      throws GeneralSecurityException {
    if (cipher == null) {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }
    cipher.init(
        mode,
        new SecretKeySpec(key.key(), "AES"),
        new GCMParameterSpec(8 * TAG, token, offset + NAME, NONCE));
    cipher.updateAAD(token, offset, NAME);
    return cipher;
  }
}
