package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which version a connection speaks (RFC 9368). It begins in that of the client's first flight. A
 * server may turn that flight into one of another version once it has read what the client would
 * take (compatible negotiation, §2.3, with the rules of RFC 9369 §4.1 for versions 1 and 2); the
 * client learns of it by the first packet, and from the server's transport parameters that nobody
 * has tampered with it (§4).
 */
final class VersionNegotiation {
  private final boolean client;
  private final Versions config;
  private QuicVersion original;
  private QuicVersion current;

  /** Client: whether the original version is one that a Version Negotiation packet has offered. */
  private boolean reaction;

  /** Client: whether the server has shown that it stays with the present version. */
  private boolean settled;

  /**
   * @param original the version of the client's first flight on this connection
   */
  VersionNegotiation(boolean client, Versions config, QuicVersion original) {
    this.client = client;
    this.config = config;
    this.original = original;
    this.current = original;
  }

  /** The version of the client's first flight, and of everything in it that is sent again. */
  QuicVersion original() {
    return original;
  }

  /** The version in use: the negotiated one as soon as it is known. */
  QuicVersion current() {
    return current;
  }

  /**
   * The version in use and where it was chosen from, for those who watch.
   *
   * @param offered what a Version Negotiation packet had to offer, else empty
   */
  TraceEvent chosen(List<Integer> offered) {
    List<Integer> own = config.preferred().stream().map(QuicVersion::number).toList();
    return client
        ? new TraceEvent.VersionChosen(own, offered, current.number())
        : new TraceEvent.VersionChosen(List.of(), own, current.number());
  }

  /** The version of packets that are sent now (RFC 9369 §4.1). */
  QuicVersion forSending(PacketType type) {
    return type == PacketType.ZERO_RTT ? original : current;
  }

  /** Whether the first flight was an answer to a Version Negotiation packet. */
  boolean isReaction() {
    return reaction;
  }

  /**
   * Client: a Version Negotiation packet asks for another first flight (§2.1).
   *
   * @return the version for it; null when none of them is spoken here
   */
  QuicVersion choose(List<Integer> offered) {
    return config.choose(offered);
  }

  /** Client: makes another first flight, of a version that was on offer. */
  void react(QuicVersion choice) {
    original = choice;
    current = choice;
    reaction = true;
  }

  /** Client: whether the server may still turn the first flight into this version. */
  boolean mayBecome(QuicVersion version) {
    return client
        && !settled
        && version != current
        && config.compatibleWith(original).contains(version);
  }

  /** Client: an authentic packet shows the negotiated version. */
  void become(QuicVersion version) {
    current = version;
    settled = true;
  }

  /** Client: CRYPTO frames come in the negotiated version only, so that it is known now. */
  void settle() {
    settled = true;
  }

  /**
   * What this side says of its versions. A reserved one is among them, so that the peer stays used
   * to numbers that it does not know (§3).
   */
  VersionInformation information(RandomGenerator random) {
    List<QuicVersion> known = client ? config.compatibleWith(original) : config.deployed();
    List<Integer> available = new ArrayList<>(known.stream().map(QuicVersion::number).toList());
    if (!available.isEmpty()) {
      available.add(random.nextInt(available.size() + 1), QuicVersion.grease(random));
    }
    return new VersionInformation(current.number(), available);
  }

  /**
   * Server: chooses the version by what the client says.
   *
   * @param said null when the client said nothing: then it is taken at its first packet
   */
  void onClient(VersionInformation said) {
    if (said == null) {
      return;
    }
    if (said.chosen() != original.number()) {
      throw error("the client has chosen another version than that of its packets");
    }
    current = config.negotiate(original, said.available());
  }

  /**
   * Client: checks that nobody else has chosen the version (§4).
   *
   * @param said null when the server said nothing
   */
  void onServer(VersionInformation said) {
    settled = true;
    if (said == null) {
      onSilentServer();
      return;
    }
    boolean listed =
        config.compatibleWith(original).stream().anyMatch(v -> v.number() == said.chosen());
    if (!listed) {
      throw error("the server has chosen a version that was not on offer");
    }
    if (said.chosen() != current.number()) {
      throw error("the server has chosen another version than that of its packets");
    }
    if (isReaction()) {
      requireSameChoice(said);
    }
  }

  /** A server of version 1 alone need not know of the parameter (§8). */
  private void onSilentServer() {
    if (current != original || isReaction() && original != QuicVersion.V1) {
      throw error("the server does not say which version it has chosen");
    }
  }

  /** Whether the Version Negotiation packet has led where the server's own word would have. */
  private void requireSameChoice(VersionInformation said) {
    List<Integer> spoken = new ArrayList<>(said.available());
    if (spoken.isEmpty()) {
      throw error("the server does not say which versions it speaks");
    }
    spoken.add(said.chosen());
    if (config.choose(spoken) != original) {
      throw error("a Version Negotiation packet has hidden a version that the server speaks");
    }
  }

  private static TransportException error(String reason) {
    return new TransportException(
        TransportError.VERSION_NEGOTIATION_ERROR,
        FrameTypes.CRYPTO,
        "version_information: " + reason);
  }
}
