package dev.sluice.quic.endpoint;

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
 * the same host. Sealed, so that nobody else can make or read one; no state is kept for them.
 */
final class AddressTokens {

  /** A Retry comes back within a round trip; a few seconds leave room for a slow path (§8.1.4). */
  private static final long RETRY_LIFETIME = 10_000_000_000L;

  /** A day: long enough to help the next visit, short enough that an address is still the same. */
  private static final long NEW_TOKEN_LIFETIME = 86_400_000_000_000L;

  private static final int RETRY = 1;
  private static final int NEW_TOKEN = 2;
  private static final int NONCE = 12;
  private static final int TAG = 16;

  /** What a token says, when it says something. */
  sealed interface Verdict {
    /** Not one of ours, or a NEW_TOKEN that is stale: as if there were none (§8.1.3). */
    record Absent() implements Verdict {}

    /** A Retry token that is expired or from another address: INVALID_TOKEN (§8.1.2). */
    record Invalid(String reason) implements Verdict {}

    /** The address is proven by a NEW_TOKEN. */
    record Validated() implements Verdict {}

    /** The address is proven by a Retry; the client had first written to this ID. */
    record Retried(ConnectionId originalDestination) implements Verdict {}
  }

  private final SecretKeySpec key;
  private final RandomGenerator random;

  /**
   * @param key 16 or 32 secret bytes
   */
  AddressTokens(byte[] key, RandomGenerator random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  byte[] forRetry(InetSocketAddress client, ConnectionId originalDestination, long now) {
    WireWriter plain = begin(RETRY, client, now);
    plain.u16(client.getPort()).u8(originalDestination.length());
    originalDestination.writeTo(plain);
    return seal(plain);
  }

  byte[] forLater(InetSocketAddress client, long now) {
    return seal(begin(NEW_TOKEN, client, now));
  }

  Verdict judge(Bytes token, InetSocketAddress client, long now) {
    byte[] plain = open(token);
    if (plain == null) {
      return new Verdict.Absent();
    }
    WireReader in = WireReader.of(plain);
    try {
      int kind = in.u8();
      long age = now - in.i64();
      byte[] host = in.bytes(in.u8());
      boolean sameHost = Arrays.equals(host, client.getAddress().getAddress());
      if (kind == NEW_TOKEN) {
        return sameHost && age >= 0 && age <= NEW_TOKEN_LIFETIME
            ? new Verdict.Validated()
            : new Verdict.Absent();
      }
      if (!sameHost || in.u16() != client.getPort()) {
        return new Verdict.Invalid("Initial: the Retry token is for another address");
      }
      if (age < 0 || age > RETRY_LIFETIME) {
        return new Verdict.Invalid("Initial: the Retry token has expired");
      }
      return new Verdict.Retried(ConnectionId.of(in.bytes(in.u8())));
    } catch (WireException malformed) {
      return new Verdict.Absent();
    }
  }

  private static WireWriter begin(int kind, InetSocketAddress client, long now) {
    byte[] host = client.getAddress().getAddress();
    WireWriter plain = new WireWriter(new byte[64], 0, 64);
    return plain.u8(kind).i64(now).u8(host.length).bytes(host);
  }

  private byte[] seal(WireWriter plain) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] token = new byte[NONCE + plain.position() + TAG];
    System.arraycopy(nonce, 0, token, 0, NONCE);
    try {
      cipher(Cipher.ENCRYPT_MODE, nonce, 0)
          .doFinal(plain.buffer(), 0, plain.position(), token, NONCE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
    return token;
  }

  private byte[] open(Bytes token) {
    if (token.length() < NONCE + TAG) {
      return null;
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, token.array(), token.offset())
          .doFinal(token.array(), token.offset() + NONCE, token.length() - NONCE);
    } catch (GeneralSecurityException forged) {
      return null;
    }
  }

  private Cipher cipher(int mode, byte[] nonce, int offset) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce, offset, NONCE));
    return cipher;
  }
}
