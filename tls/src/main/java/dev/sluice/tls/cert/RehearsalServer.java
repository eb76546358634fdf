package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.keys.KeyAgreement;
import dev.sluice.tls.keys.KeyPairStock;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.ServerHello;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * As much of a TLS 1.3 server over records (RFC 8446 §5) as it takes to show a certificate chain:
 * ServerHello in the clear, EncryptedExtensions and Certificate encrypted, and no more. It holds no
 * private key, so no handshake with it can ever complete.
 */
final class RehearsalServer {
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  /** RFC 8446 §5.1: the most that one record carries. */
  private static final int MAX_FRAGMENT = 16_384;

  private static final int TAG_LENGTH = 16;
  private static final int IV_LENGTH = 12;

  private final RandomGenerator random;

  RehearsalServer(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The records that answer a ClientHello.
   *
   * @param records those of the client's first flight
   */
  byte[] answer(byte[] records, List<X509Certificate> chain) throws TlsException {
    byte[] helloMessage = handshakeBytes(records);
    ClientHello hello = clientHello(helloMessage);
    CipherSuite suite = suite(hello);
    KeyShareEntry offered = share(hello);
    KeyAgreement.Answer answer =
        KeyAgreement.answer(
            NamedGroup.of(offered.group()), offered.keyExchange(), random, new KeyPairStock());
    byte[] serverHello = serverHello(hello, suite, offered.group(), answer.share());
    MessageDigest transcript = KeySchedule.digest(suite);
    transcript.update(helloMessage);
    KeySchedule schedule = new KeySchedule(suite, null);
    schedule.toHandshake(answer.secret());
    byte[] secret = schedule.derive("s hs traffic", transcript.digest(serverHello));
    TlsWriter out = new TlsWriter();
    out.u8(HANDSHAKE).u16(ClientHello.LEGACY_VERSION).vector16(serverHello);
    byte[] encrypted =
        new TlsWriter()
            .bytes(
                new EncryptedExtensions(Extensions.of(Place.ENCRYPTED_EXTENSIONS, List.of()))
                    .encode())
            .bytes(Certificate.of(chain).encode())
            .toBytes();
    seal(out, suite, secret, encrypted);
    return out.toBytes();
  }

  private static byte[] handshakeBytes(byte[] records) throws TlsException {
    TlsReader in = new TlsReader("record", records);
    TlsWriter out = new TlsWriter();
    while (in.hasRemaining()) {
      int type = in.u8();
      in.u16();
      byte[] fragment = in.vector16(0);
      if (type == HANDSHAKE) {
        out.bytes(fragment);
      }
    }
    return out.toBytes();
  }

  private static ClientHello clientHello(byte[] message) throws TlsException {
    TlsReader in = new TlsReader("ClientHello", message);
    if (in.u8() != HandshakeType.CLIENT_HELLO.code()) {
      throw in.decodeError("is something else");
    }
    in.u24();
    return ClientHello.read(in);
  }

  private static CipherSuite suite(ClientHello hello) throws TlsException {
    for (int code : hello.cipherSuites()) {
      if (CipherSuite.of(code) != null) {
        return CipherSuite.of(code);
      }
    }
    throw nothingInCommon("cipher suite");
  }

  private static KeyShareEntry share(ClientHello hello) throws TlsException {
    KeyShareOffer offer = KeyShareOffer.in(hello.extensions());
    if (offer != null) {
      for (KeyShareEntry entry : offer.entries()) {
        if (NamedGroup.of(entry.group()) != null) {
          return entry;
        }
      }
    }
    throw nothingInCommon("key share");
  }

  private static TlsException nothingInCommon(String what) {
    return new TlsException(
        AlertDescription.HANDSHAKE_FAILURE,
        "ClientHello: the SSLContext offers no TLS 1.3 " + what + " that is known here");
  }

  private byte[] serverHello(ClientHello hello, CipherSuite suite, int group, byte[] share) {
    byte[] serverRandom = new byte[32];
    random.nextBytes(serverRandom);
    Extensions extensions =
        Extensions.of(
            Place.SERVER_HELLO,
            List.of(
                new SelectedVersion(SelectedVersion.TLS_1_3),
                new KeyShareSelection(new KeyShareEntry(group, share))));
    // Over TCP the client asks for compatibility mode, and has its session id echoed (§D.4).
    return new ServerHello(
            ClientHello.LEGACY_VERSION,
            serverRandom,
            hello.legacySessionId(),
            suite.code(),
            0,
            extensions)
        .encode();
  }

  /** Encrypts handshake bytes into as many records as they need (RFC 8446 §5.2). */
  private static void seal(TlsWriter out, CipherSuite suite, byte[] secret, byte[] messages) {
    byte[] none = new byte[0];
    Hkdf hkdf = Hkdf.of(suite);
    byte[] key = hkdf.expandLabel(secret, "key", none, suite.keyLength());
    byte[] iv = hkdf.expandLabel(secret, "iv", none, IV_LENGTH);
    int sequence = 0;
    for (int at = 0; at < messages.length; at += MAX_FRAGMENT, sequence++) {
      int length = Math.min(MAX_FRAGMENT, messages.length - at);
      byte[] inner = new byte[length + 1];
      System.arraycopy(messages, at, inner, 0, length);
      inner[length] = HANDSHAKE;
      byte[] header =
          new TlsWriter()
              .u8(APPLICATION_DATA)
              .u16(ClientHello.LEGACY_VERSION)
              .u16(inner.length + TAG_LENGTH)
              .toBytes();
      byte[] nonce = iv.clone();
      // A chain never takes more than 255 records.
      nonce[IV_LENGTH - 1] ^= (byte) sequence;
      out.bytes(header).bytes(seal(suite, key, nonce, header, inner));
    }
  }

  private static byte[] seal(
      CipherSuite suite, byte[] key, byte[] nonce, byte[] header, byte[] inner) {
    boolean chaCha = suite == CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
    AlgorithmParameterSpec parameters =
        chaCha ? new IvParameterSpec(nonce) : new GCMParameterSpec(TAG_LENGTH * 8, nonce);
    try {
      Cipher cipher = Cipher.getInstance(chaCha ? "ChaCha20-Poly1305" : "AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, chaCha ? "ChaCha20" : "AES"), parameters);
      cipher.updateAAD(header);
      return cipher.doFinal(inner);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the AEAD of " + suite + " is missing from this JDK", e);
    }
  }
}
