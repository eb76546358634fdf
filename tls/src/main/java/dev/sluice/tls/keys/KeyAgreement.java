package dev.sluice.tls.keys;

import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import java.util.random.RandomGenerator;

/**
 * Ephemeral key exchange in one group (RFC 8446 §4.2.8, §7.4). The client opens an exchange and
 * closes it with the server's share; the server answers the client's share in one step. The two
 * halves differ because a KEM, unlike Diffie-Hellman, has no symmetrical shares.
 */
public sealed interface KeyAgreement
    permits X25519KeyAgreement, EcdhKeyAgreement, HybridKeyAgreement {

  /** The group. */
  NamedGroup group();

  /** The client's share, as it stands in key_share. */
  byte[] share();

  /**
   * The shared secret.
   *
   * @param peerShare the server's share
   * @throws TlsException illegal_parameter when the share is not valid in the group
   */
  byte[] agree(byte[] peerShare) throws TlsException;

  /** Zeroes the private key as far as Java allows. */
  void destroy();

  /** Opens an exchange with a fresh key pair. */
  static KeyAgreement open(NamedGroup group, RandomGenerator random) {
    return switch (group) {
      case X25519 -> X25519KeyAgreement.generate(random);
      case SECP256R1, SECP384R1 -> EcdhKeyAgreement.generate(group, random);
      case X25519MLKEM768 -> HybridKeyAgreement.generate(random);
    };
  }

  /**
   * Answers a client's share.
   *
   * @throws TlsException illegal_parameter when the share is not valid in the group
   */
  static Answer answer(NamedGroup group, byte[] clientShare, RandomGenerator random)
      throws TlsException {
    if (group == NamedGroup.X25519MLKEM768) {
      return HybridKeyAgreement.answer(clientShare, random);
    }
    KeyAgreement own = open(group, random);
    try {
      return new Answer(own.share(), own.agree(clientShare));
    } finally {
      own.destroy();
    }
  }

  /**
   * What answering gives.
   *
   * @param share the server's share
   * @param secret the shared secret, to be zeroed by its receiver
   */
  record Answer(byte[] share, byte[] secret) {}
}
