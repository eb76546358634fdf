package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * Which versions of QUIC a side speaks, and how one of them is chosen (RFC 9368).
 *
 * <p>A client sends its first flight in the <em>original</em> version and lists all others that the
 * server may turn it into, most preferred first. A server answers in the one that it likes best
 * among those of the client's list, or in the one that the client likes best.
 *
 * @param preferred the versions that are spoken (for a server its Acceptable Versions, §5), most
 *     preferred first; at least one, each once
 * @param original the version of a client's first flight, one of the preferred; a server has no use
 *     for it
 * @param peerDecides whether a server follows the client's order of preference and not its own
 * @param offered what a server lists in Version Negotiation packets (its Offered Versions, §5)
 * @param deployed what a server says that all servers of its deployment speak (its Fully Deployed
 *     Versions, §5); smaller than {@code preferred} while a fleet learns a version or forgets one
 */
public record Versions(
    List<QuicVersion> preferred,
    QuicVersion original,
    boolean peerDecides,
    List<QuicVersion> offered,
    List<QuicVersion> deployed) {

  /**
   * Versions 1 and 2, with first flights of version 1, since more servers know it, and the client's
   * choice on the server.
   */
  public static final Versions DEFAULT = of(QuicVersion.V1, QuicVersion.V2).withPeerDecides(true);

  /** Checks that there is something to choose from, and copies the lists. */
  public Versions {
    preferred = List.copyOf(preferred);
    offered = List.copyOf(offered);
    deployed = List.copyOf(deployed);
    if (preferred.isEmpty() || preferred.stream().distinct().count() != preferred.size()) {
      throw new IllegalArgumentException("at least one version, and each once");
    }
    if (!preferred.contains(original)) {
      throw new IllegalArgumentException("the original version is not among the preferred");
    }
    if (offered.isEmpty()) {
      throw new IllegalArgumentException("a server has to offer a version");
    }
  }

  /**
   * These versions, most preferred first. A client's first flight is of version 1 if that is among
   * them, as the one that most servers know (RFC 9368 §2.5), else of the first.
   */
  public static Versions of(QuicVersion... mostPreferredFirst) {
    List<QuicVersion> all = List.of(mostPreferredFirst);
    QuicVersion original = all.contains(QuicVersion.V1) ? QuicVersion.V1 : all.getFirst();
    return new Versions(all, original, false, all, all);
  }

  /** The same with first flights of this version. */
  public Versions withOriginal(QuicVersion other) {
    return new Versions(preferred, other, peerDecides, offered, deployed);
  }

  /** The same with a server that does, or does not, leave the choice to the client. */
  public Versions withPeerDecides(boolean does) {
    return new Versions(preferred, original, does, offered, deployed);
  }

  /** The same with other versions in Version Negotiation packets; at least one. */
  public Versions withOffered(List<QuicVersion> other) {
    return new Versions(preferred, original, peerDecides, other, deployed);
  }

  /** The same with other versions said to be spoken by the whole deployment; possibly none. */
  public Versions withDeployed(List<QuicVersion> other) {
    return new Versions(preferred, original, peerDecides, offered, other);
  }

  /** Whether connections of this version are accepted or opened. */
  public boolean speaks(QuicVersion version) {
    return preferred.contains(version);
  }

  /**
   * What a client chooses from a server's list, or would choose: the one that it prefers (RFC 9368
   * §2.1).
   *
   * @return null when there is none that it speaks
   */
  public QuicVersion choose(List<Integer> fromServer) {
    for (QuicVersion version : preferred) {
      if (fromServer.contains(version.number())) {
        return version;
      }
    }
    return null;
  }

  /** What a client's first flight of this version can be turned into, most preferred first. */
  List<QuicVersion> compatibleWith(QuicVersion chosen) {
    return preferred.stream().filter(chosen::isCompatibleWith).toList();
  }

  /**
   * What a server turns a client's first flight into (RFC 9368 §2.3).
   *
   * @param chosen the version of the first flight
   * @param available the client's list
   */
  QuicVersion negotiate(QuicVersion chosen, List<Integer> available) {
    List<QuicVersion> common = new ArrayList<>();
    if (peerDecides) {
      for (int number : available) {
        QuicVersion version = QuicVersion.of(number);
        if (version != null && preferred.contains(version)) {
          common.add(version);
        }
      }
    } else {
      for (QuicVersion version : preferred) {
        if (available.contains(version.number())) {
          common.add(version);
        }
      }
    }
    for (QuicVersion version : common) {
      if (chosen.isCompatibleWith(version)) {
        return version;
      }
    }
    return chosen;
  }
}
