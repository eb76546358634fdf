package dev.sluice.interop.runner;

import static dev.sluice.interop.runner.Evidence.require;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.tls.CipherSuite;
import java.net.Inet6Address;
import java.util.List;
import java.util.Objects;

/** What must hold in each case, but for those about addresses ({@link PathChecks}). */
final class Checks {
  /** RFC 9000 §18.2. */
  private static final long INITIAL_MAX_STREAMS_BIDI = 0x08;

  /** RFC 9368 §3. */
  private static final long VERSION_INFORMATION = 0x11;

  /** RFC 9114 §8.1. */
  private static final long H3_NO_ERROR = 0x100;

  private static final int MOST_STREAMS = 1000;
  private static final int LEAST_CHAIN = 7_500;

  private Checks() {}

  /** One connection, of version 1 from beginning to end unless the case is about versions. */
  static void oneHandshake(Evidence evidence) {
    handshakes(evidence, 1);
  }

  private static void handshakes(Evidence evidence, int expected) {
    int found = evidence.handshakes().size();
    require(found == expected, found + " handshakes instead of " + expected);
    List<Integer> versions =
        evidence.packets().map(Packet::version).filter(v -> v != 0).distinct().toList();
    require(
        evidence.of() == Case.V2 || versions.equals(List.of(QuicVersion.V1.number())),
        "versions " + versions);
    if (evidence.of().network().corruption() == 0) {
      evidence.packets().forEach(Checks::closesOrderly);
    }
  }

  /** Where packets are damaged, a server may refuse a token that nobody has sent. */
  private static void closesOrderly(Packet packet) {
    packet
        .all(ConnectionCloseFrame.class)
        .forEach(
            close ->
                require(
                    close.errorCode() == 0
                        || close.errorCode() == H3_NO_ERROR
                        || close.errorCode() == TransportError.APPLICATION_ERROR.code(),
                    "closed with an error: " + close));
  }

  static void noRetry(Evidence evidence) {
    oneHandshake(evidence);
    require(evidence.sent(false, PacketType.RETRY).findAny().isEmpty(), "there was a Retry");
  }

  static void transfer(Evidence evidence) {
    oneHandshake(evidence);
    require(
        evidence
            .sent(true, PacketType.ONE_RTT)
            .anyMatch(p -> p.has(MaxDataFrame.class) || p.has(MaxStreamDataFrame.class)),
        "the client never raised its flow control limits");
  }

  static void severalClientHellos(Evidence evidence) {
    oneHandshake(evidence);
    long hellos = evidence.only().clientHellos();
    require(hellos >= 2, hellos + " ClientHello");
  }

  static void chaCha20(Evidence evidence) {
    oneHandshake(evidence);
    List<CipherSuite> suites =
        evidence.only().offeredSuites().stream()
            .map(CipherSuite::of)
            .filter(Objects::nonNull)
            .toList();
    require(
        suites.equals(List.of(CipherSuite.TLS_CHACHA20_POLY1305_SHA256)),
        "the client offers " + suites);
  }

  static void streamsAreRaised(Evidence evidence) {
    oneHandshake(evidence);
    WireReader limit = evidence.only().serverParameters().get(INITIAL_MAX_STREAMS_BIDI);
    long streams = limit == null ? 0 : limit.varInt();
    require(streams <= MOST_STREAMS, "initial_max_streams_bidi is " + streams);
    require(
        evidence.sent(false, PacketType.ONE_RTT).anyMatch(p -> p.has(MaxStreamsFrame.class)),
        "the server never raised its limit of streams");
  }

  static void retry(Evidence evidence) {
    oneHandshake(evidence);
    Conversation only = evidence.only();
    Packet retry = only.sent(false, PacketType.RETRY).findFirst().orElse(null);
    require(retry != null, "no Retry");
    List<Packet> initials = only.sent(true, PacketType.INITIAL).toList();
    require(
        initials.stream().anyMatch(p -> p.token().equals(retry.token())),
        "no Initial with the Retry's token");
    long before = -1;
    for (Packet initial : initials) {
      require(initial.isOpen(), "an Initial cannot be opened");
      require(initial.number() > before, "the client has reset its packet number");
      before = initial.number();
    }
  }

  static void resumption(Evidence evidence) {
    handshakes(evidence, 2);
    require(hasCertificate(evidence.handshakes().getFirst()), "no certificate at first");
    require(!hasCertificate(evidence.handshakes().getLast()), "a certificate once more");
  }

  private static boolean hasCertificate(Conversation in) {
    require(
        in.serverHandshake.last(HandshakeBytes.ENCRYPTED_EXTENSIONS).isPresent(),
        "the handshake cannot be read");
    return in.serverHandshake.last(HandshakeBytes.CERTIFICATE).isPresent();
  }

  static void zeroRtt(Evidence evidence) {
    handshakes(evidence, 2);
    require(
        evidence.sent(true, PacketType.ZERO_RTT).anyMatch(p -> p.streamBytes() > 0),
        "nothing went in 0-RTT");
    long late = evidence.sent(true, PacketType.ONE_RTT).mapToLong(Packet::streamBytes).sum();
    long most = (long) evidence.of().nameLength() * evidence.of().sizes().size() / 2;
    require(late <= most, late + " bytes of requests went in 1-RTT");
  }

  static void keyUpdate(Evidence evidence) {
    oneHandshake(evidence);
    for (boolean toServer : new boolean[] {true, false}) {
      require(
          evidence.sent(toServer, PacketType.ONE_RTT).anyMatch(p -> p.keyPhase() == 1),
          "nothing in key phase 1 from the " + (toServer ? "client" : "server"));
    }
  }

  static void ecn(Evidence evidence) {
    oneHandshake(evidence);
    for (boolean toServer : new boolean[] {true, false}) {
      String side = toServer ? "the client" : "the server";
      List<Integer> marks =
          evidence.capture().sent().stream()
              .filter(seen -> seen.toServer() == toServer)
              .map(seen -> seen.datagram().ecn())
              .toList();
      long marked = marks.stream().filter(mark -> mark == 1 || mark == 2).count();
      // Not all: after ten, a sender may wait to learn whether the path carries marks, and may send
      // probes for the MTU without any (RFC 9000 §13.4.2, §A.4).
      require(
          2 * marked > marks.size(),
          side + " marks " + marked + " of " + marks.size() + " datagrams");
      require(!marks.contains(3), side + " sends with CE");
      require(
          evidence
              .packets()
              .filter(p -> p.toServer() == toServer)
              .anyMatch(p -> p.all(AckFrame.class).anyMatch(ack -> ack.ecn() != null)),
          side + " reports no marks");
    }
  }

  static void oneHandshakeForEachFile(Evidence evidence) {
    handshakes(evidence, evidence.of().sizes().size());
  }

  static void ipv6(Evidence evidence) {
    oneHandshake(evidence);
    require(
        evidence.capture().sent().stream()
            .allMatch(seen -> seen.server().getAddress() instanceof Inet6Address),
        "there was IPv4");
  }

  static void version2(Evidence evidence) {
    handshakes(evidence, 1);
    int v1 = QuicVersion.V1.number();
    int v2 = QuicVersion.V2.number();
    Conversation only = evidence.only();
    require(
        only.sent(true, PacketType.INITIAL).findFirst().orElseThrow().version() == v1,
        "the client does not begin with version 1");
    require(
        only.sent(false, PacketType.INITIAL).anyMatch(p -> p.version() == v2),
        "the server sends no Initial of version 2");
    require(
        evidence
            .packets()
            .filter(p -> p.type() == PacketType.HANDSHAKE)
            .allMatch(p -> p.version() == v2),
        "Handshake packets of another version");
    WireReader offer = only.clientParameters().get(VERSION_INFORMATION);
    require(offer != null, "no version_information");
    boolean offered = false;
    while (offer.remaining() >= Integer.BYTES) {
      offered |= offer.i32() == v2;
    }
    require(offered, "version 2 is not among the client's");
  }

  static void amplificationLimit(Evidence evidence) {
    oneHandshake(evidence);
    int chain = evidence.only().serverHandshake.length();
    require(chain >= LEAST_CHAIN, "the server's flight has " + chain + " bytes only");
    PathChecks.amplification(evidence);
  }

  static void rebinding(Evidence evidence) {
    oneHandshake(evidence);
    PathChecks.newPathsAreChallenged(evidence);
  }

  static void rebindingOfAddress(Evidence evidence) {
    rebinding(evidence);
    long hosts =
        evidence.capture().sent().stream().map(s -> s.client().getAddress()).distinct().count();
    require(hosts > 1, "the client's address has not changed");
  }

  static void connectionMigration(Evidence evidence) {
    rebinding(evidence);
    PathChecks.newPathsHaveNewIds(evidence);
  }
}
