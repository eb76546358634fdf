package dev.sluice.tls.keys;

import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import java.util.ArrayList;
import java.util.List;
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

  /** Opens an exchange with a key pair that serves nothing else. */
  static KeyAgreement open(NamedGroup group, RandomGenerator random, KeyPairStock stock) {
    return open(List.of(group), random, stock).getFirst();
  }

  /**
   * Opens exchanges for one ClientHello. X25519 and X25519MLKEM768 share the key pair on the curve
   * (RFC 9954 §3.2); at most one of the two comes to be used.
   */
  static List<KeyAgreement> open(
      List<NamedGroup> groups, RandomGenerator random, KeyPairStock stock) {
    List<KeyAgreement> opened = new ArrayList<>();
    X25519KeyAgreement shared = null;
    for (NamedGroup group : groups) {
      switch (group) {
        case X25519 -> {
          shared = shared != null ? shared : stock.x25519(random);
          opened.add(shared);
        }
        case X25519MLKEM768 -> {
          shared = shared != null ? shared : stock.x25519(random);
          opened.add(new HybridKeyAgreement(stock.mlKem(random), shared));
        }
        case SECP256R1, SECP384R1 -> opened.add(EcdhKeyAgreement.generate(group, random));
      }
    }
    return opened;
  }

  /**
   * Answers a client's share.
   *
   * @throws TlsException illegal_parameter when the share is not valid in the group
   */
  static Answer answer(
      NamedGroup group, byte[] clientShare, RandomGenerator random, KeyPairStock stock)
      throws TlsException {
    if (group == NamedGroup.X25519MLKEM768) {
      return HybridKeyAgreement.answer(clientShare, random, stock);
    }
    KeyAgreement own = open(group, random, stock);
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
